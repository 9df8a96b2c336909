#pragma once

#include "net/readiness_set.hpp"
#include "net/session.hpp"
#include "net/timing_wheel.hpp"
#include "tests/net/loopback_reactor.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace doseline::test {

// A session in whose reactor's place the test stands, step by step on one thread: it says what the
// socket has, gives turns, makes the lent step, and lets time pass.
struct lone_session {
    static constexpr std::chrono::milliseconds tick{10};
    static constexpr std::chrono::milliseconds handshake{100};

    explicit lone_session(std::vector<net::address_range> from = {}) : balancers(std::move(from)) {
        int both[2] = {-1, -1};
        BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both) ==
                      0);
        peer = both[0];
        it = std::make_unique<net::session>(host, both[1], core::network_address{});
        it->start();
    }
    ~lone_session() {
        it.reset();
        close_peer();
    }

    void say(std::string_view bytes) {
        BOOST_REQUIRE(::send(peer, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                      static_cast<ssize_t>(bytes.size()));
        it->ready(EPOLLIN);
    }
    void close_peer() {
        if (peer >= 0) {
            ::close(std::exchange(peer, -1));
        }
    }
    void pass(std::chrono::milliseconds time) {
        for (auto passed = time.zero(); passed < time; passed += tick) {
            wheel.advance(
                [](net::timing_wheel::entry& e) { static_cast<net::session&>(e).give_up(); });
        }
    }

    bool lives() const noexcept { return it != nullptr; }
    bool waits_for_its_turn() const noexcept { return !host.handshakes.empty(); }
    // REQUIRES: it waits for its turn.
    net::tls_stream& lend() {
        net::session* const first = host.handshakes.next();
        BOOST_REQUIRE(first == it.get());
        return first->lend_for_handshake();
    }
    std::uint64_t refused(net::refusal_reason why) const {
        return figures.refused[static_cast<std::size_t>(why)].load();
    }

    temporary_directory dir;
    net::tls_context tls{loopback_reactor::certificate_in(dir.path()),
                         dir.path() / "keys" / "server.key"};
    plain_service service;
    storage::doorbell bell;
    storage::port port{bell, [](void*) {}, nullptr, 0, 64};
    net::reactor_figures figures;
    net::session_limits limits{.handshake = handshake};
    std::vector<net::address_range> balancers;
    net::timing_wheel wheel;
    net::asio::io_context context{1};
    net::readiness_set sockets{context};
    net::session_host host{tls,
                           service,
                           port,
                           figures,
                           limits,
                           balancers,
                           wheel,
                           tick,
                           sockets,
                           [this](net::session&) { it.reset(); },
                           {},
                           {},
                           nullptr,
                           {},
                           {},
                           {},
                           {},
                           {},
                           std::minstd_rand{1},
                           {},
                           false};
    int peer = -1;
    std::unique_ptr<net::session> it;
};

}  // namespace doseline::test
