#pragma once

#include "net/admission.hpp"
#include "net/exchange.hpp"
#include "net/handshake_patience.hpp"
#include "net/metrics.hpp"
#include "net/proxy_protocol.hpp"
#include "net/readiness_set.hpp"
#include "net/timing_wheel.hpp"
#include "net/tls_stream.hpp"
#include "net/turn_queue.hpp"
#include "net/waiting_room.hpp"
#include "storage/port.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
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
    proxy_header,
    inbox_late,  // the committer came to it too late
    shed,        // its class is refused for now
    rate,        // its clinic asks or has under way too much
    register_only,
    read_only,  // or no room, or a commit that does not come back
};
inline constexpr std::size_t refusal_reasons = 12;
std::string_view name_of(refusal_reason r) noexcept;

// Figures of one reactor. Written by its thread alone, read by any: relaxed, they order nothing.
struct reactor_figures {
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> accepted{0};
    std::atomic<std::uint64_t> handshakes{0};
    std::array<std::atomic<std::uint64_t>, refusal_reasons> refused{};
    wait_figures waits;

    static void add(std::atomic<std::uint64_t>& f, std::uint64_t n) noexcept {
        f.store(f.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    void refuse(refusal_reason r) noexcept { add(refused[static_cast<std::size_t>(r)], 1); }
};

// What all sessions of a reactor share. Its thread's alone.
struct session_host {
    const tls_context& tls;
    net::service& service;
    storage::port& port;
    reactor_figures& figures;
    const session_limits& limits;
    const std::vector<address_range>& balancers;  // from these, the client's address is told first
    timing_wheel& wheel;
    std::chrono::milliseconds wheel_tick;
    readiness_set& sockets;
    std::function<void(session&)> ended;  // destroys it
    waiting_room<session> waiting;
    exchange_pool exchanges;
    admission* admits;         // null: serves whatever comes
    turn_queue<session> line;  // whose request has been read, and waits to be served
    // Some of its hello has come, which has not been answered.
    turn_queue<session> handshakes;
    turn_queue<session> answered;  // that hello has been, and the client's end is waited for
    handshake_patience patience;
    turn_queue<session> leaving;  // the peer has ended or reset the connection
    std::minstd_rand random;
    std::string date;  // the Date field, renewed once a second
    bool draining = false;
};

// One connection: a state machine on its reactor's thread. Whoever has news for it (the socket, the
// committer, the timing wheel, the end of the server) calls one of the public functions, and it
// goes as far as it can without waiting. Each of them may end it: it must not be touched
// afterwards.
class session : public timing_wheel::entry {
public:
    // Owns the descriptor, which is a connected, non-blocking socket.
    session(session_host& host, int descriptor, const core::network_address& peer);
    ~session();

    void start();
    void ready(std::uint32_t events);             // EPOLLIN, EPOLLOUT ... of its socket
    void serve();                                 // REQUIRES: the line has given it its turn
    void take_outcome(storage::delivery&& told);  // REQUIRES: it waits for one, or for rows
    void give_up();                               // a deadline has passed
    // As ready(), with an end or a reset among the events: done in its turn, since very many may
    // come at once; but whoever has asked before it said its end is served like all others.
    // False: it only waits.
    bool wait_to_leave(std::uint32_t events);
    // REQUIRES: the queue has given it its turn. The stream is the caller's until take_handshake().
    tls_stream& lend_for_handshake() noexcept;
    bool has_lent() const noexcept { return phase_ == phase::signing; }
    void take_handshake(tls_state told);
    bool dawdles() const noexcept;  // REQUIRES: its client's end is waited for
    void leave_now();               // REQUIRES: the queue has given it its turn
    void drain();                   // ends when it is between two requests

    session* next = nullptr;  // the reactor's list of its sessions
    session* previous = nullptr;

private:
    enum class phase : std::uint8_t {
        balancer,  // until it has said whose connection this is
        handshake,
        queued,    // for its turn in the handshake
        signing,   // its stream is lent
        answered,  // the client's end of the handshake is waited for
        idle,      // between two requests: holds no exchange
        header,
        body,
        lined_up,  // the request is whole, and waits for its turn
        committing,
        writing,
        resting,    // refused again and again: is not read for a while
        lingering,  // refused, and dropping what still comes until the peer has read why
    };
    enum class step : std::uint8_t { on, wait, over };

    template <class Step>
    void run(Step&& first);
    step advance();
    step read_balancer();
    step shake_hands();
    step look_for_request();
    step read_header();
    step take_header();
    step read_body();
    step line_up_or_answer();
    void leave_line() noexcept;
    step answer_request();
    step ask_rows(pending_rows&& rows);
    step take_row(std::size_t row, core::outcome&& told);
    step write_answer();
    step end_exchange();
    step let_answer_arrive();
    void compose(reply&& r);
    void tell(std::size_t row, core::outcome&& told);
    step go_on_shaking_hands(tls_state told);
    std::chrono::milliseconds since_its_turn() const noexcept;
    bool is_shed();
    void refuse_unread();
    void note_inbox(const storage::delivery& told);
    double pressure() const noexcept;
    step rest(std::chrono::seconds told_to_wait);
    void rest_for(std::chrono::milliseconds piece);
    step rest_on();
    step next_exchange();
    void enter(phase p, std::chrono::milliseconds at_most);
    tls_state read_more();
    bool can_go_on(std::uint32_t events) noexcept;  // news of the socket: what it waits for?
    step wait_for(tls_state what) noexcept;
    void close_notify() noexcept;
    bool has_asked() const noexcept;

    session_host& host_;
    std::unique_ptr<exchange> x_;
    std::uint64_t ticket_ = 0;  // while it waits for the committer
    tls_stream tls_;
    const int descriptor_;
    std::uint32_t dropped_ = 0;             // bytes, while lingering
    turn_queue<session>::place place_ = 0;  // while queued, answered or lined up
    turn_queue<session>::place leaving_place_ = 0;
    std::uint32_t end_events_ = 0;  // of its socket, while it waits for its turn to leave; else 0
    std::uint32_t missed_events_ = 0;  // likewise, while its stream is lent
    core::network_address peer_;
    phase phase_ = phase::handshake;
    std::uint8_t refusals_ = 0;     // in a row
    std::uint8_t rest_pieces_ = 0;  // to come, while it rests
    bool only_writable_ = false;    // waits until the socket can be written
    bool silent_ = false;           // no TLS may be spoken any more
    bool late_ = false;             // a deadline has passed while its stream was lent
};

}  // namespace doseline::net
