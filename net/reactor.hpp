#pragma once

#include "net/connection_budget.hpp"
#include "net/end_pace.hpp"
#include "net/handshake_thread.hpp"
#include "net/session.hpp"
#include "net/shed_classes.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <future>
#include <memory>
#include <thread>

namespace doseline::net {

struct reactor_options {
    tcp::endpoint listen;
    bool shared_port = false;          // another reactor of this process listens there already
    bool private_descriptors = false;  // net/descriptor_table.hpp
    std::size_t connections_max = core::limits::connections_default_max;  // its own
    std::size_t inbox_commands = core::limits::inbox_commands_max;
    // For their turn: then nobody is accepted. net/handshake_share.hpp.
    std::size_t handshakes_waiting = core::limits::handshakes_waiting_max;
    // Then none is begun until one has been ended, by its client or for dawdling.
    std::size_t handshakes_answered = core::limits::handshakes_answered_max;
    session_limits limits;
    std::vector<address_range> proxy_protocol_from;
    bool sheds = true;  // refuses by class what it cannot do; else serves whatever comes
};

// One thread, its io_context, its listener and its connections: nothing in it is shared, so nothing
// is locked. A session never leaves its reactor; the thread beside it borrows a session's stream
// for one signature.
//
// Thread safety: the constructor, start() and join() by the owner; drain(), stop() and the figures
// by any thread.
// The constructor makes the io_context and its first I/O object, and with it epoll, eventfd and
// timerfd. REQUIRES, with private descriptors: all reactors of the process are made before the
// first of them starts, see net/descriptor_table.hpp. Sockets are closed by the reactor's thread
// alone, which ends when none is left, never before.
class reactor {
public:
    struct parts {
        const tls_context& tls;
        storage::doorbell& bell;
        connection_budget& budget;  // of all reactors of the listener
        end_pace& pace;             // likewise
        shed_classes& shed;         // likewise
        std::uint32_t shard = 0;
        // Each answer before its session sees it, on the reactor's thread: counts doses.
        std::function<void(const core::outcome&)> on_outcome;
        // A cut that this reactor has met, on its thread.
        std::function<void(storage::cut&)> on_mark;
    };

    // Binds; port 0 takes a free one. Several reactors of one process share a port (SO_REUSEPORT).
    // Throws naming the address when it cannot.
    reactor(const reactor_options& options, parts p);
    ~reactor();

    tcp::endpoint local_endpoint() const { return endpoint_; }
    storage::port& port() noexcept { return port_; }

    // Accepts from now on. The service is used by the reactor's thread alone and outlives it.
    // Throws when the thread may not have a descriptor table of its own.
    void start(service& s);

    void drain();  // no new connections, idle ones closed, busy ones finish
    bool drained_within(std::chrono::milliseconds at_most);  // waits; the owner
    void stop();  // as drain(), and what is under way is given up
    void join();

    const reactor_figures& figures() const noexcept { return figures_; }
    std::uint64_t accept_failures() const noexcept {
        return accept_failures_.load(std::memory_order_relaxed);  // a figure
    }

private:
    void run(std::promise<void> settled);
    awaitable<void> accept_loop();
    awaitable<void> tick_loop();
    boost::system::error_code take_in(tcp_socket socket, const tcp::endpoint& peer);
    void end(session& s);
    bool socket_ready(session& s, std::uint32_t events);
    void begin_handshakes() noexcept;
    void take_signed();
    void make_room_for_handshakes();
    void let_go_in_time();
    void let_one_go();
    void serve_line_soon();
    void note_wait(const storage::delivery& told);
    void tell_what_is_shed();
    bool looked(bool more, std::chrono::nanoseconds unread);
    void collect();
    void begin_drain();
    void give_up_all();
    bool drained() const noexcept { return host_->draining && session_count_ == 0; }
    void end_if_drained();
    void renew_date();
    static void wake(void* self);

    const reactor_options options_;
    parts parts_;
    asio::io_context context_{1};
    tcp_acceptor acceptor_;
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, executor>
        ticker_;
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, executor>
        accept_pause_, next_slot_;
    tcp::endpoint endpoint_;
    storage::port port_;
    reactor_figures figures_;
    std::atomic<std::uint64_t> accept_failures_{0};
    std::size_t classes_served_ = work_classes;  // in full, from registrations down
    admission admission_;
    bool serves_line_ = false;  // soon
    bool has_slot_ = false;     // to let connections go
    timing_wheel wheel_;
    readiness_set sockets_;
    handshake_thread signer_;
    std::unique_ptr<session_host> host_;
    session* sessions_ = nullptr;  // all that live
    std::size_t session_count_ = 0;
    std::promise<void> end_;
    std::future<void> ended_ = end_.get_future();
    std::thread thread_;
};

}  // namespace doseline::net
