#include "tests/net/loopback_reactor.hpp"
#include "tests/support/client_hello.hpp"
#include "tests/support/raw_socket.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(handshake_thread)

using namespace doseline;
using namespace std::chrono_literals;
using net::refusal_reason;
using test::https_client;
using test::loopback_reactor;
using test::raw_socket;

namespace {

// Stands by at every step of a handshake, on the thread that makes it.
struct onlooker {
    static inline std::atomic<bool> held;  // who signs goes no further
    static inline std::atomic<int> signing;
    static inline std::atomic<int> signed_in_front;  // with as much right to a core as a request

    static void look(const SSL* tls, int where, int) {
        if (where == SSL_CB_ACCEPT_LOOP && SSL_get_state(tls) == TLS_ST_SW_CERT_VRFY) {
            ++signing;
            signed_in_front += ::getpriority(PRIO_PROCESS, 0) > 0 ? 0 : 1;
            held.wait(true);
        }
    }
};

struct watched_handshakes {
    loopback_reactor server;
    std::vector<std::unique_ptr<raw_socket>> strangers;

    explicit watched_handshakes(std::chrono::milliseconds handshake = 1h,
                                std::size_t waiting = core::limits::handshakes_waiting_max,
                                std::size_t answered = core::limits::handshakes_answered_max)
        : server(net::session_limits{.handshake = handshake, .body = 500ms}, 64, false,
                 core::limits::connections_default_max, waiting, answered) {
        onlooker::held = false;
        onlooker::signing = onlooker::signed_in_front = 0;
        SSL_CTX_set_info_callback(server.tls(), &onlooker::look);
    }
    ~watched_handshakes() { go_on(); }

    void come() {
        strangers.push_back(std::make_unique<raw_socket>(server.port()));
        strangers.back()->send(test::client_hello());
    }
    void see_answered(std::size_t stranger) {
        char first = 0;
        BOOST_REQUIRE(::recv(strangers[stranger]->descriptor(), &first, 1, MSG_PEEK) == 1);
    }
    // Until the first of them stands in its signature; the others wait behind it.
    void hold(std::size_t many) {
        onlooker::held = true;
        for (std::size_t n = 0; n < many; ++n) {
            come();
        }
        BOOST_REQUIRE(loopback_reactor::becomes([&] { return onlooker::signing == 1; }));
    }
    static void go_on() {
        onlooker::held = false;
        onlooker::held.notify_all();
    }
    bool all_go() const {
        return loopback_reactor::becomes([this] { return server.connections() == 0; });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(who_signs_stands_back, watched_handshakes) {
    for (int n = 0; n < 10; ++n) {
        BOOST_TEST(server.connect().request("GET", "/").status == 200u);
    }
    BOOST_TEST(onlooker::signing == 10);
    BOOST_TEST(onlooker::signed_in_front == 0);
}

BOOST_FIXTURE_TEST_CASE(so_it_does_for_a_hello_in_pieces, watched_handshakes) {
    raw_socket client(server.port());
    for (const char c : test::client_hello()) {
        BOOST_REQUIRE(client.send(std::string_view(&c, 1)));
    }
    BOOST_REQUIRE(loopback_reactor::becomes([] { return onlooker::signing == 1; }));
    BOOST_TEST(onlooker::signed_in_front == 0);
}

// Its first key is of a group that the server does not take: the hello that is signed is the
// second.
BOOST_FIXTURE_TEST_CASE(so_it_does_for_a_hello_that_must_be_sent_again, watched_handshakes) {
    SSL_CTX* const context = SSL_CTX_new(TLS_client_method());
    BOOST_REQUIRE(SSL_CTX_set1_groups_list(context, "P-384:X25519") == 1);
    for (int n = 0; n < 10; ++n) {
        raw_socket socket(server.port());
        SSL* const client = SSL_new(context);
        SSL_set_fd(client, socket.descriptor());
        BOOST_TEST(SSL_connect(client) == 1);
        SSL_free(client);
    }
    SSL_CTX_free(context);
    BOOST_TEST(onlooker::signing == 10);
    BOOST_TEST(onlooker::signed_in_front == 0);
}

BOOST_FIXTURE_TEST_CASE(requests_are_served_while_one_signs, watched_handshakes) {
    https_client inside = server.connect();
    onlooker::signing = 0;
    hold(4);
    BOOST_TEST(inside.request("GET", "/").status == 200u);
    BOOST_TEST(inside.request("GET", "/").status == 200u);
    BOOST_TEST(onlooker::signing == 1);
    go_on();
    BOOST_TEST(loopback_reactor::becomes([] { return onlooker::signing == 4; }));
}

// Two are with the thread and three may wait for their turn: one more comes in while that does not
// show yet, and no other.
BOOST_AUTO_TEST_CASE(beyond_those_who_may_wait_nobody_is_let_in) {
    watched_handshakes w(1h, 3);
    https_client inside = w.server.connect();
    onlooker::signing = 0;
    w.hold(1);
    const auto are_in = [&](std::uint64_t strangers) {
        const bool in =
            loopback_reactor::becomes([&] { return w.server.accepted() == 1 + strangers; });
        // Whoever said something before is heard before this.
        return in && inside.request("GET", "/").status == 200u;
    };
    for (std::uint64_t strangers = 2; strangers <= 6; ++strangers) {
        w.come();
        BOOST_TEST_REQUIRE(are_in(strangers));
    }
    w.come();
    for (int n = 0; n < 500; ++n) {
        BOOST_TEST_REQUIRE(are_in(6));
    }
    w.go_on();
    BOOST_TEST(are_in(7));
    BOOST_TEST(loopback_reactor::becomes([] { return onlooker::signing == 7; }));
}

// Each has been answered, and says no more.
BOOST_AUTO_TEST_CASE(none_is_begun_until_there_is_a_place_for_it) {
    watched_handshakes w(1h, core::limits::handshakes_waiting_max, 2);
    https_client inside = w.server.connect();
    onlooker::signing = 0;
    w.come();
    w.come();
    BOOST_REQUIRE(loopback_reactor::becomes([] { return onlooker::signing == 2; }));
    w.see_answered(0);
    w.see_answered(1);
    w.come();
    for (int n = 0; n < 500; ++n) {
        BOOST_TEST_REQUIRE(inside.request("GET", "/").status == 200u);
    }
    BOOST_TEST(onlooker::signing == 2);
    w.strangers[0]->reset();
    BOOST_TEST(loopback_reactor::becomes([] { return onlooker::signing == 3; }));
    BOOST_TEST(w.server.connections() == 3u);
}

BOOST_AUTO_TEST_CASE(who_dawdles_gives_its_place_up_to_who_waits_for_one) {
    watched_handshakes w(5s, core::limits::handshakes_waiting_max, 3);
    for (int n = 0; n < 3; ++n) {
        w.come();
        w.see_answered(w.strangers.size() - 1);
    }
    BOOST_TEST(w.server.connect().request("GET", "/").status == 200u);
    BOOST_TEST(w.server.refused(refusal_reason::timeout) == 1u);
    BOOST_TEST(!w.strangers[0]->read_to_end().empty());  // which is there: it has been closed
}

BOOST_FIXTURE_TEST_CASE(one_that_is_reset_meanwhile_goes_when_it_is_back, watched_handshakes) {
    hold(4);
    strangers[0]->reset();
    ::shutdown(strangers[1]->descriptor(), SHUT_WR);
    strangers[2]->send("\x15\x03\x01");
    strangers[3]->reset();
    go_on();
    strangers[2]->reset();
    BOOST_TEST(all_go());
}

BOOST_AUTO_TEST_CASE(a_deadline_waits_until_it_is_back) {
    watched_handshakes w(1s);
    w.hold(1);
    w.strangers.push_back(std::make_unique<raw_socket>(w.server.port()));  // says nothing
    BOOST_TEST(
        loopback_reactor::becomes([&] { return w.server.refused(refusal_reason::timeout) == 1; }));
    BOOST_TEST(loopback_reactor::becomes([&] { return w.server.connections() == 1; }));
    w.go_on();
    BOOST_TEST(w.all_go());
    BOOST_TEST(w.server.refused(refusal_reason::timeout) == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_stop_waits_until_it_is_back, watched_handshakes) {
    hold(3);
    (*server).stop();
    const std::clock_t before = std::clock();  // what all threads have worked
    BOOST_TEST(!(*server).drained_within(200ms));
    BOOST_TEST(std::clock() - before < CLOCKS_PER_SEC / 20);
    go_on();
    BOOST_TEST((*server).drained_within(10s));
}

BOOST_AUTO_TEST_SUITE_END()
