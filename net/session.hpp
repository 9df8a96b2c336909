#pragma once

#include "net/asio.hpp"
#include "net/handler.hpp"
#include "net/timing_wheel.hpp"
#include "net/tls_stream.hpp"
#include "storage/port.hpp"

#include <boost/asio/any_completion_handler.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace doseline::net {

// How long a connection may take for what; from limits.hpp, shorter in tests.
struct session_limits {
    std::chrono::milliseconds handshake = core::limits::handshake_timeout;
    std::chrono::milliseconds header = core::limits::header_timeout;
    std::chrono::milliseconds body = core::limits::body_timeout;
    std::chrono::milliseconds write = core::limits::write_timeout;
    std::chrono::milliseconds idle = core::limits::idle_timeout;
    std::chrono::milliseconds request = core::limits::request_timeout;
};

// Why a connection or request was turned away; the reasons of doseline_refused_total.
enum class refusal_reason : std::uint8_t {
    connections_max,
    handshake_failed,
    plain_http,
    framing,
    timeout,
    inbox_full,
};
inline constexpr std::size_t refusal_reasons = 6;
std::string_view name_of(refusal_reason r) noexcept;

// Figures of one reactor. Written by its thread alone, read by any: relaxed, they order nothing.
struct reactor_figures {
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> handshakes{0};
    std::array<std::atomic<std::uint64_t>, refusal_reasons> refused{};

    static void add(std::atomic<std::uint64_t>& f, std::uint64_t n) noexcept {
        f.store(f.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void refuse(refusal_reason r) noexcept { add(refused[static_cast<std::size_t>(r)], 1); }
};

// Requests that wait for the committer. A ticket names a place and the turn of its use, so that an
// answer that comes after its asker gave up finds nobody.
class waiting_room {
public:
    using handler = asio::any_completion_handler<void(core::outcome)>;

    std::uint64_t enter();
    void leave(std::uint64_t ticket) noexcept;
    // REQUIRES: a ticket that has not left.
    void attach(std::uint64_t ticket, handler h);
    // Completes the one who waits, if it still does.
    void complete(std::uint64_t ticket, core::outcome&& outcome);

private:
    struct place {
        std::uint32_t turn = 0;
        bool taken = false;
        handler waiting;
    };
    place* find(std::uint64_t ticket) noexcept;

    std::vector<place> places_;
    std::vector<std::uint32_t> free_;
};

// What all sessions of a reactor share. Its thread's alone.
struct session_host {
    const tls_context& tls;
    net::service& service;
    storage::port& port;
    reactor_figures& figures;
    const session_limits& limits;
    timing_wheel& wheel;
    std::chrono::milliseconds wheel_tick;
    waiting_room waiting;
    std::vector<std::string> spare_buffers;  // an idle connection holds none
    std::string date;                        // the Date field, renewed once a second
    bool draining = false;

    std::string take_buffer();
    void give_buffer(std::string&& buffer);
};

// One connection. Alive from accept to the end of its coroutine, on its reactor's thread.
class session : public timing_wheel::entry {
public:
    session(session_host& host, tcp_socket socket, const core::network_address& peer);
    ~session();

    // The whole life of the connection: handshake, requests in order, close.
    awaitable<void> run();

    // A deadline has passed, or the server must end now: whatever is waited for is given up.
    void give_up();
    // Ends the connection when it is between two requests.
    void drain();

    session* next = nullptr;  // the reactor's list of its sessions
    session* previous = nullptr;

private:
    enum class phase : std::uint8_t { handshake, idle, request };

    // A request and what it is answered with.
    struct exchange {
        reply answer;
        work_class work = work_class::page;
        std::size_t bytes = 0;  // header and body
        bool close = false;
        bool unread = false;  // its body was not read, and the connection ends with it
        bool head_only = false;
    };

    awaitable<bool> shake_hands();
    awaitable<bool> serve_one(std::string& buffer);
    awaitable<bool> take_request(std::string& buffer, std::size_t header_bytes, exchange& x);
    awaitable<bool> read_header(std::string& buffer, std::size_t& header_bytes);
    awaitable<bool> read_until(std::string& buffer, std::size_t bytes);
    awaitable<tls_state> read_more(std::string& buffer);
    awaitable<reply> answer_request(const request& whole);
    awaitable<core::outcome> wait_for_outcome();
    awaitable<bool> write_all(std::string_view bytes);
    awaitable<void> let_answer_arrive();
    awaitable<bool> wait_for(tls_state what);
    bool looks_like_plain_http();
    void arm(std::chrono::milliseconds after);

    session_host& host_;
    tcp_socket socket_;
    tls_stream tls_;
    const core::network_address peer_;
    std::uint64_t ticket_ = 0;  // while a command is under way
    phase phase_ = phase::handshake;
    bool given_up_ = false;
};

}  // namespace doseline::net
