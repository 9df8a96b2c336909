#pragma once

#include "net/session.hpp"

#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <future>
#include <memory>
#include <thread>

namespace doseline::net {

struct reactor_options {
    tcp::endpoint listen;
    bool shared_port = false;  // another reactor of this process listens there already
    std::size_t connections_max = core::limits::connections_default_max;
    std::size_t inbox_commands = core::limits::inbox_commands_max;
    session_limits limits;
};

// One thread, its io_context, its listener and its connections: nothing in it is shared, so nothing
// is locked. A session never leaves its reactor.
//
// Thread safety: the constructor, start() and join() by the owner; drain(), stop() and figures() by
// any thread.
// The io_context and its first I/O objects (epoll, eventfd, timerfd) are made in the constructor,
// before any thread: a thread that leaves the process's descriptor table must find them in its
// copy.
class reactor {
public:
    struct parts {
        const tls_context& tls;
        storage::doorbell& bell;
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
    void start(service& s);

    void drain();  // no new connections, idle ones closed, busy ones finish
    bool drained_within(std::chrono::milliseconds at_most);  // waits; the owner
    void stop();                                             // now
    void join();

    const reactor_figures& figures() const noexcept { return figures_; }

private:
    awaitable<void> accept_loop();
    awaitable<void> live(std::unique_ptr<session> s);
    awaitable<void> tick_loop();
    void admit(tcp_socket socket, const tcp::endpoint& peer);
    void collect();
    void begin_drain();
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
        accept_pause_;
    tcp::endpoint endpoint_;
    storage::port port_;
    reactor_figures figures_;
    timing_wheel wheel_;
    std::unique_ptr<session_host> host_;
    session* sessions_ = nullptr;  // all that live
    std::size_t session_count_ = 0;
    std::promise<void> end_;
    std::future<void> ended_ = end_.get_future();
    std::thread thread_;
};

}  // namespace doseline::net
