#include "net/reactor.hpp"

#include "net/core_share.hpp"
#include "net/descriptor_table.hpp"
#include "net/listening.hpp"
#include "storage/cut.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <exception>
#include <random>
#include <utility>

namespace doseline::net {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds accept_pause_first = 50ms;
constexpr std::chrono::milliseconds accept_pause_for_handshakes = 5ms;
constexpr std::chrono::milliseconds accept_pause_longest = 1'000ms;
constexpr std::chrono::milliseconds tick = 250ms;
constexpr std::chrono::milliseconds tick_short = 10ms;  // where tests ask for short deadlines
// Of a machine that stood still for longer, it is no client's fault.
constexpr std::chrono::seconds ticks_made_up_max = 1s;

std::chrono::milliseconds tick_for(const session_limits& l) {
    const auto shortest = std::min({l.handshake, l.header, l.body, l.write, l.idle, l.request});
    return shortest < 4 * tick ? tick_short : tick;
}

core::network_address address_of(const tcp::endpoint& peer) {
    const auto bytes =
        peer.address().is_v6()
            ? peer.address().to_v6().to_bytes()
            : asio::ip::make_address_v6(asio::ip::v4_mapped, peer.address().to_v4()).to_bytes();
    core::network_address address;
    std::memcpy(address.data(), bytes.data(), address.size());
    return address;
}

// No TLS, so nothing that a browser would show could be said without a handshake, the dearest thing
// there is. A reset says at once that there is no connection, clients take it for a passing trouble
// and try again, and it leaves nothing behind: a close would keep the port in TIME_WAIT.
void refuse(tcp_socket& socket) {
    boost::system::error_code ignored;
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
}

// Anything that comes out of a loop that must never end is a bug, and the process says so and ends.
void rethrow_bug(std::exception_ptr e) {
    if (e) {
        std::rethrow_exception(e);
    }
}

}  // namespace

reactor::reactor(const reactor_options& options, parts p)
    : options_(options), parts_(std::move(p)),
      acceptor_(listen_on(context_, options.listen, options.shared_port)), ticker_(context_),
      accept_pause_(context_), next_slot_(context_), endpoint_(acceptor_.local_endpoint()),
      port_(parts_.bell, &reactor::wake, this, parts_.shard, options.inbox_commands),
      sockets_(context_), signer_(sockets_) {}

reactor::~reactor() {
    stop();
    join();
}

void reactor::start(service& s) {
    host_.reset(new session_host{parts_.tls,
                                 s,
                                 port_,
                                 figures_,
                                 options_.limits,
                                 options_.proxy_protocol_from,
                                 wheel_,
                                 tick_for(options_.limits),
                                 sockets_,
                                 [this](session& over) { end(over); },
                                 {},
                                 {},
                                 options_.sheds ? &admission_ : nullptr,
                                 {},
                                 {},
                                 {},
                                 {},
                                 {},
                                 std::minstd_rand{std::random_device{}()},
                                 {},
                                 false});
    renew_date();
    sockets_.start(
        {[this](session& who, std::uint32_t events) { return socket_ready(who, events); },
         [this](bool more, auto unread) { return looked(more, unread); }});
    asio::co_spawn(context_, accept_loop(), rethrow_bug);
    asio::co_spawn(context_, tick_loop(), rethrow_bug);
    std::promise<void> settled;
    std::future<void> has_settled = settled.get_future();
    thread_ = std::thread([this, p = std::move(settled)]() mutable { run(std::move(p)); });
    has_settled.get();
}

void reactor::run(std::promise<void> settled) {
    try {
        if (options_.private_descriptors) {
            descriptor_table::leave();
        }
        signer_.start();
    } catch (...) {
        settled.set_exception(std::current_exception());
        return;
    }
    settled.set_value();
    take_short_turns();
    context_.run();  // until nothing is left to wait for: see end_if_drained()
    signer_.stop();
    end_.set_value();
}

void reactor::drain() {
    asio::post(context_, [this] { begin_drain(); });
}

bool reactor::drained_within(std::chrono::milliseconds at_most) {
    return ended_.wait_for(at_most) == std::future_status::ready;
}

// Not by stopping the io_context: the sockets would be left to another thread to close.
void reactor::stop() {
    asio::post(context_, [this] { give_up_all(); });
}

void reactor::join() {
    if (thread_.joinable()) {
        thread_.join();
    }
}

// Ends with the drain, not before, and never spins: whatever an accept fails of, most likely a
// shortage of descriptors or memory, it counts, waits, each time longer, and tries again. What the
// kernel has accepted meanwhile stays in its queue.
awaitable<void> reactor::accept_loop() {
    std::chrono::milliseconds pause = accept_pause_first;
    while (!host_->draining) {
        // Whoever else connects may wait in the kernel's queue: there it costs no memory of ours.
        if (host_->handshakes.size() >= options_.handshakes_waiting) {
            accept_pause_.expires_after(accept_pause_for_handshakes);
            auto [cancelled] = co_await accept_pause_.async_wait(no_throw);
            static_cast<void>(cancelled);
            continue;
        }
        tcp::endpoint peer;
        auto [ec, socket] =
            co_await acceptor_.async_accept(context_.get_executor(), peer, no_throw);
        if (!ec) {
            ec = take_in(std::move(socket), peer);
        }
        if (!ec || host_->draining) {
            pause = accept_pause_first;
            continue;
        }
        accept_failures_.store(accept_failures() + 1, std::memory_order_relaxed);  // a figure
        accept_pause_.expires_after(pause);
        pause = std::min(2 * pause, accept_pause_longest);
        auto [cancelled] = co_await accept_pause_.async_wait(no_throw);
        static_cast<void>(cancelled);
    }
}

// The error says that memory is short; that there is no place is none.
boost::system::error_code reactor::take_in(tcp_socket socket, const tcp::endpoint& peer) {
    reactor_figures::add(figures_.accepted, 1);
    let_one_go();  // as many as come: those who have gone take nobody's place
    if (host_->draining) {
        refuse(socket);
        return {};
    }
    if (session_count_ >= options_.connections_max || !parts_.budget.take()) {
        figures_.refuse(refusal_reason::connections_max);
        refuse(socket);
        return {};
    }
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    std::unique_ptr<session> s;
    try {
        s = std::make_unique<session>(*host_, socket.native_handle(), address_of(peer));
    } catch (const std::exception&) {
        parts_.budget.give();
        return asio::error::no_memory;
    }
    socket.release(ignored);
    s->next = sessions_;
    if (sessions_ != nullptr) {
        sessions_->previous = s.get();
    }
    sessions_ = s.get();
    figures_.connections.store(++session_count_, std::memory_order_relaxed);  // a figure
    s.release()->start();
    return {};
}

void reactor::end(session& s) {
    (s.previous != nullptr ? s.previous->next : sessions_) = s.next;
    if (s.next != nullptr) {
        s.next->previous = s.previous;
    }
    delete &s;
    figures_.connections.store(--session_count_, std::memory_order_relaxed);  // a figure
    parts_.budget.give();
    end_if_drained();
}

// False: it has ended, which is noted.
bool reactor::socket_ready(session& s, std::uint32_t events) {
    constexpr std::uint32_t ends = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    bool served = true;
    if ((events & ends) != 0) {
        served = s.wait_to_leave(events);
        let_go_in_time();
    } else {
        s.ready(events);
    }
    begin_handshakes();
    return served;
}

// Never at once: one session's report may not end another one.
void reactor::let_go_in_time() {
    if (host_->leaving.empty() || std::exchange(has_slot_, true)) {
        return;
    }
    next_slot_.expires_at(parts_.pace.next(std::chrono::steady_clock::now()));
    next_slot_.async_wait([this](boost::system::error_code ec) {
        has_slot_ = false;
        if (ec) {
            return;  // the last connection has gone
        }
        for (std::size_t n = 0; n < end_pace::ends_a_slot; ++n) {
            let_one_go();
        }
        // There are more threads than cores, and a disk's answers come by threads, too. While very
        // many connections end, who has only ends to do lets all others go first.
        std::this_thread::yield();
        let_go_in_time();
    });
}

void reactor::let_one_go() {
    if (session* const first = host_->leaving.next()) {
        first->leave_now();
        begin_handshakes();  // it may have begun one before it said its end
    }
}

// A tick for each that was due, however late a reactor that is busy comes to them: else all
// deadlines would be longer the more there is to do.
awaitable<void> reactor::tick_loop() {
    auto due = std::chrono::steady_clock::now() + host_->wheel_tick;
    auto second_ends = due;
    while (!drained()) {
        ticker_.expires_at(due);
        auto [ec] = co_await ticker_.async_wait(no_throw);
        if (ec) {
            co_return;
        }
        const auto now = std::chrono::steady_clock::now();
        for (due = std::max(due, now - ticks_made_up_max); due <= now; due += host_->wheel_tick) {
            wheel_.advance([](timing_wheel::entry& e) { static_cast<session&>(e).give_up(); });
        }
        make_room_for_handshakes();
        if (now >= second_ends) {
            second_ends = now + 1s - host_->wheel_tick / 2;
            renew_date();
            tell_what_is_shed();
        }
    }
}

void reactor::renew_date() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    host_->date.assign(text, size);
}

// Called by the committer and the reader: one signal brings all answers home.
void reactor::wake(void* self) { static_cast<reactor*>(self)->sockets_.wake(); }

void reactor::begin_drain() {
    if (host_->draining) {
        return;
    }
    host_->draining = true;
    // Not closed: in a private table that would not end the listening.
    ::shutdown(acceptor_.native_handle(), SHUT_RD);
    boost::system::error_code ignored;
    acceptor_.cancel(ignored);
    accept_pause_.cancel();
    for (session* s = sessions_; s != nullptr;) {
        std::exchange(s, s->next)->drain();  // which may end it
    }
    end_if_drained();
}

// Again until all have ended: a session that gave up its request still tries to say so. Whose
// stream is lent ends when it is back, and is not asked again and again until then: the thread that
// signs may have to wait for this core.
void reactor::give_up_all() {
    begin_drain();
    bool again = false;
    for (session* s = sessions_; s != nullptr;) {
        session* const one = std::exchange(s, s->next);
        again |= !one->has_lent();
        one->give_up();
    }
    if (again) {
        asio::post(context_, [this] { give_up_all(); });
    }
}

// Without its timer and its sockets the io_context has nothing to wait for, and run() returns.
void reactor::end_if_drained() {
    if (drained()) {
        ticker_.cancel();
        next_slot_.cancel();
        sockets_.stop();
    }
}

}  // namespace doseline::net
