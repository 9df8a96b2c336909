#include "tests/net/loopback_reactor.hpp"
#include "tests/support/raw_socket.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/socket.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(session_admission)

using namespace doseline;
using namespace std::chrono_literals;
using net::refusal_reason;
using std::chrono::steady_clock;
using test::https_client;
using test::loopback_reactor;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string get_busy = "GET /busy HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string get_rate = "GET /rate HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::string check(const std::string& body, const std::string& more = "") {
    return "POST /check HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

}  // namespace

// What comes late in a batch is read, waits for its turn and gets it, though nothing else comes.
BOOST_AUTO_TEST_CASE(who_is_read_behind_a_long_request_is_served_in_its_turn) {
    loopback_reactor server(net::session_limits{});
    https_client client = server.connect();
    client.send(check("1") + get_busy + check("2") + check("3") + get);
    BOOST_REQUIRE(loopback_reactor::becomes([&] { return server.service().busy(); }));
    const auto long_enough = steady_clock::now() + 10ms;
    while (steady_clock::now() < long_enough) {
        std::this_thread::yield();  // it is the time itself that is tested
    }
    server.service().go_on();
    BOOST_TEST(client.receive().body == "1");
    BOOST_TEST(client.receive().status == 200u);
    BOOST_TEST(client.receive().body == "2");
    BOOST_TEST(client.receive().body == "3");
    BOOST_TEST(client.receive().status == 200u);
    const auto& waits =
        (*server).figures().waits.of[static_cast<std::size_t>(net::work_queue::ready)]
                                    [static_cast<std::size_t>(net::work_class::check)];
    BOOST_TEST(waits.nanoseconds.load() > 0u);
}

BOOST_AUTO_TEST_CASE(who_is_refused_again_and_again_is_not_read_for_a_while_and_others_are) {
    loopback_reactor server(net::session_limits{});
    https_client rude = server.connect();
    https_client other = server.connect();
    const auto began = steady_clock::now();
    rude.send(get_rate + get_rate + get_rate + get_rate + get);
    BOOST_TEST(rude.receive().status == 429u);
    BOOST_TEST(rude.receive().status == 429u);  // at once, too: the rest comes behind it
    for (int n = 0; n < 100; ++n) {
        BOOST_REQUIRE(other.request("GET", "/").status == 200u);
    }
    BOOST_TEST(rude.receive().status == 429u);
    BOOST_TEST((steady_clock::now() - began >= net::rest_after(2, 1s, 0, 1)));
    BOOST_TEST(rude.receive().status == 429u);
    BOOST_TEST(rude.receive().status == 200u);
    BOOST_TEST((steady_clock::now() - began >= net::rest_after(2, 1s, 0, 1) +
                                                   net::rest_after(3, 1s, 0, 1) +
                                                   net::rest_after(4, 1s, 0, 1)));
    BOOST_TEST(server.refused(refusal_reason::rate) == 4u);
    BOOST_TEST(server.refused(refusal_reason::timeout) == 0u);  // a rest is none

    // Whatever is served ends it.
    const auto again = steady_clock::now();
    BOOST_TEST(rude.request("GET", "/rate").status == 429u);
    BOOST_TEST(rude.request("GET", "/").status == 200u);
    BOOST_TEST((steady_clock::now() - again < 1s));
}

BOOST_AUTO_TEST_CASE(a_rest_holds_up_neither_a_drain_nor_a_stop) {
    for (const bool stops : {false, true}) {
        loopback_reactor server(net::session_limits{});
        https_client rude = server.connect();
        for (int n = 0; n < 6; ++n) {
            rude.send(get_rate);
            BOOST_REQUIRE(rude.receive().status == 429u);
        }
        stops ? (*server).stop() : (*server).drain();
        BOOST_TEST(rude.closed());
        BOOST_TEST((*server).drained_within(10s));
    }
}

BOOST_AUTO_TEST_CASE(a_peer_that_goes_away_while_it_is_not_read_leaves_nothing_behind) {
    loopback_reactor server(net::session_limits{});
    {
        https_client rude = server.connect();
        rude.send(get_rate + get_rate + get_rate + get_rate);
        BOOST_REQUIRE(rude.receive().status == 429u);
        BOOST_REQUIRE(rude.receive().status == 429u);
        rude.reset();
    }
    BOOST_TEST(loopback_reactor::becomes([&] { return server.connections() == 0; }));
}

// All at once: each gets its turn, whatever becomes of the others before theirs.
BOOST_AUTO_TEST_CASE(handshakes_wait_for_their_turn_and_none_is_forgotten) {
    loopback_reactor server(net::session_limits{});
    https_client holder = server.connect();
    holder.send(get_busy);
    BOOST_REQUIRE(loopback_reactor::becomes([&] { return server.service().busy(); }));
    std::vector<std::thread> clients;
    std::atomic<int> served{0};
    for (int n = 0; n < 20; ++n) {
        clients.emplace_back(
            [&] { served += server.connect().request("GET", "/").status == 200u ? 1 : 0; });
    }
    {
        test::raw_socket gone(server.port());
        gone.send("\x16\x03\x01");
        gone.reset();
    }
    server.service().go_on();
    for (std::thread& c : clients) {
        c.join();
    }
    BOOST_TEST(served == 20);
    BOOST_TEST(holder.receive().status == 200u);
}

// Those who have gone lie in front of a request when the reactor looks again.
struct cut_clients {
    static constexpr std::size_t many = 200;

    loopback_reactor server{net::session_limits{}, 64, false, many + 2};
    std::uint64_t still_there = 0;  // at GET /look
    https_client holder = server.connect();
    https_client asking = server.connect();
    std::vector<https_client> gone;

    cut_clients() {
        server.service().look = [&] { still_there = server.connections(); };
    }
    void cut_all(bool by_reset) {
        for (std::size_t n = 0; n < many; ++n) {
            gone.push_back(server.connect());
            BOOST_REQUIRE(gone.back().request("GET", "/").status == 200u);
        }
        holder.send(get_busy);
        BOOST_REQUIRE(loopback_reactor::becomes([&] { return server.service().busy(); }));
        for (https_client& one : gone) {
            by_reset ? one.reset() : one.shut_down_sending();
        }
    }
    void look() {
        server.service().go_on();
        BOOST_TEST(asking.receive().status == 200u);
        BOOST_TEST(holder.receive().status == 200u);
        BOOST_TEST(still_there >= many - 10);
    }
};

constexpr std::string_view get_look = "GET /look HTTP/1.1\r\nHost: localhost\r\n\r\n";

BOOST_FIXTURE_TEST_CASE(a_request_goes_before_those_who_were_cut_and_all_of_them_go, cut_clients) {
    for (const bool by_reset : {true, false}) {
        cut_all(by_reset);
        asking.send(get_look);
        look();
        BOOST_TEST(loopback_reactor::becomes([&] { return server.connections() == 2; }));
        gone.clear();
    }
}

BOOST_FIXTURE_TEST_CASE(who_asks_and_ends_in_one_breath_goes_before_them_too, cut_clients) {
    cut_all(true);
    asking.send(get_look);
    asking.shut_down_sending();
    look();
    BOOST_TEST(asking.closed());
    BOOST_TEST(loopback_reactor::becomes([&] { return server.connections() == 1; }));
}

// The first slot comes at once.
BOOST_FIXTURE_TEST_CASE(ends_keep_their_pace, cut_clients) {
    cut_all(true);
    const auto begin = std::chrono::steady_clock::now();
    server.service().go_on();
    BOOST_TEST(loopback_reactor::becomes([&] { return server.connections() == 2; }));
    const auto took = std::chrono::steady_clock::now() - begin;
    BOOST_TEST((took >= (many / net::end_pace::ends_a_slot - 1) * net::end_pace::slot));
    BOOST_TEST(holder.receive().status == 200u);
}

// More come at once than a slot lets go, and all places are taken.
BOOST_FIXTURE_TEST_CASE(who_comes_gets_the_place_of_one_who_was_cut, cut_clients) {
    cut_all(true);
    std::vector<std::unique_ptr<test::raw_socket>> coming;
    for (std::size_t n = 0; n < 20; ++n) {
        coming.push_back(std::make_unique<test::raw_socket>(server.port()));
    }
    const std::uint64_t accepted = many + 2 + coming.size();
    server.service().go_on();
    BOOST_TEST(loopback_reactor::becomes([&] { return server.accepted() == accepted; }));
    BOOST_TEST(server.refused(refusal_reason::connections_max) == 0u);
    BOOST_TEST(holder.receive().status == 200u);
}

// Its turn is the reactor's only news: nobody else is there.
BOOST_AUTO_TEST_CASE(who_ends_in_the_midst_of_a_handshake_has_its_turn_all_the_same) {
    net::session_limits patient;
    patient.handshake = 1h;
    loopback_reactor server(patient);
    test::raw_socket half(server.port());
    half.send("\x16\x03\x01");
    ::shutdown(half.descriptor(), SHUT_WR);
    BOOST_TEST(loopback_reactor::becomes(
        [&] { return server.accepted() == 1 && server.connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_request_with_the_end_behind_it_is_answered) {
    loopback_reactor server(net::session_limits{});
    https_client holder = server.connect();
    https_client last = server.connect();
    BOOST_REQUIRE(last.request("GET", "/").status == 200u);
    holder.send(get_busy);
    BOOST_REQUIRE(loopback_reactor::becomes([&] { return server.service().busy(); }));
    last.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    last.shut_down_sending();
    server.service().go_on();
    BOOST_TEST(last.receive().status == 200u);
    BOOST_TEST(last.closed());
    BOOST_TEST(holder.receive().status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()
