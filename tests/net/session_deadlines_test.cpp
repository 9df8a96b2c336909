#include "tests/net/loopback_reactor.hpp"
#include "tests/support/raw_socket.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(session_deadlines)

using namespace doseline;
using namespace std::chrono_literals;
using net::refusal_reason;
using std::chrono::steady_clock;
using test::https_client;
using test::loopback_reactor;

namespace {

constexpr auto deadline = 200ms;
constexpr auto drip_pause = 10ms;
constexpr auto far_too_late = 5s;

net::session_limits only(std::chrono::milliseconds net::session_limits::*which) {
    net::session_limits limits{30s, 30s, 30s, 30s, 30s, 30s};
    limits.*which = deadline;
    return limits;
}

// Not before the deadline, and not long behind it.
struct stopwatch {
    steady_clock::time_point began = steady_clock::now();
    void check() const {
        const auto took = steady_clock::now() - began;
        BOOST_TEST((took >= deadline && took < far_too_late), "took " << took / 1ms << " ms");
    }
};

// One byte, again and again, until the server has closed; false when it never does. A peer that
// always has a little to say must not be given more time for it.
template <class Send>
bool drip_until_closed(int descriptor, Send&& send_one) {
    const auto patience = steady_clock::now() + far_too_late;
    while (steady_clock::now() < patience) {
        pollfd waiting{descriptor, POLLIN, 0};
        if (::poll(&waiting, 1, drip_pause / 1ms) == 1 || !send_one()) {
            return true;
        }
    }
    return false;
}

const std::string get = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string get_waiting = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n";

// What the kernel holds for the peers of that port (proc_net_tcp(5): local address, state, queues).
std::size_t queued_to_send(std::uint16_t port) {
    std::ifstream table("/proc/net/tcp");
    std::string line;
    std::getline(table, line);
    std::size_t all = 0;
    while (std::getline(table, line)) {
        std::istringstream fields(line);
        std::string number;
        std::string local;
        std::string remote;
        std::string state;
        std::string queues;
        fields >> number >> local >> remote >> state >> queues;
        if (state == "01" && std::stoul(local.substr(9), nullptr, 16) == port) {
            all += std::stoul(queues.substr(0, 8), nullptr, 16);
        }
    }
    return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_handshake_that_never_begins_is_given_up) {
    loopback_reactor server(only(&net::session_limits::handshake));
    const stopwatch watch;
    test::raw_socket silent(server.port());
    BOOST_TEST(silent.read_to_end() == "");
    watch.check();
    BOOST_TEST(server.refused(refusal_reason::timeout) == 1u);
}

BOOST_AUTO_TEST_CASE(a_handshake_gets_no_more_time_for_each_byte) {
    loopback_reactor server(only(&net::session_limits::handshake));
    const stopwatch watch;
    test::raw_socket slow(server.port());
    slow.send("\x16\x03\x01\x10");  // a record that would be long
    BOOST_TEST(drip_until_closed(slow.descriptor(),
                                 [&] { return slow.send(std::string_view("\x01", 1)); }));
    watch.check();
}

BOOST_AUTO_TEST_CASE(a_header_gets_no_more_time_for_each_byte) {
    loopback_reactor server(only(&net::session_limits::header));
    https_client slow = server.connect();
    slow.request("GET", "/");  // the deadline is that of the header, not of the connection
    const stopwatch watch;
    slow.send("GET / HTTP/1.1\r\nX: ");
    BOOST_TEST(drip_until_closed(slow.descriptor(), [&] {
        slow.send("x");
        return true;
    }));
    BOOST_TEST(slow.closed());
    watch.check();
}

BOOST_AUTO_TEST_CASE(a_body_gets_no_more_time_for_each_byte) {
    loopback_reactor server(only(&net::session_limits::body));
    https_client slow = server.connect();
    slow.request("GET", "/");
    const stopwatch watch;
    slow.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");
    BOOST_TEST(drip_until_closed(slow.descriptor(), [&] {
        slow.send("x");
        return true;
    }));
    BOOST_TEST(slow.closed());
    watch.check();
}

// It does each time for longer than a tick of its deadlines.
BOOST_AUTO_TEST_CASE(a_busy_reactor_gives_no_more_time) {
    constexpr auto each_time = 40ms;
    constexpr int times = deadline / each_time;
    const std::string get_busy = "GET /busy HTTP/1.1\r\nHost: localhost\r\n\r\n";
    loopback_reactor server(only(&net::session_limits::header));
    https_client slow = server.connect();
    https_client other = server.connect();
    slow.send("GET / HTTP/1.1\r\nX: ");
    BOOST_REQUIRE(other.request("GET", "/").status == 200u);  // so the first bytes have been read
    for (int n = 0; n < times + 2; ++n) {
        other.send(get_busy);
        BOOST_REQUIRE(loopback_reactor::becomes([&] { return server.service().busy(); }));
        std::this_thread::sleep_for(each_time);  // it is the time itself that is tested
        server.service().go_on();
        BOOST_REQUIRE(other.receive().status == 200u);
    }
    BOOST_TEST(server.refused(refusal_reason::timeout) == 1u);
}

BOOST_AUTO_TEST_CASE(who_does_not_read_its_answer_is_given_up) {
    loopback_reactor server(only(&net::session_limits::write));
    https_client deaf = server.connect();
    const stopwatch watch;
    deaf.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(loopback_reactor::becomes([&] { return server.connections() == 0; }));
    watch.check();
    BOOST_CHECK_THROW(deaf.receive(), std::exception);
}

BOOST_AUTO_TEST_CASE(an_idle_connection_is_closed) {
    loopback_reactor server(only(&net::session_limits::idle));
    const stopwatch watch;
    https_client idle = server.connect();
    BOOST_TEST(idle.request("GET", "/").status == 200u);
    BOOST_TEST(idle.closed());
    watch.check();
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_used_is_not_idle) {
    loopback_reactor server(only(&net::session_limits::idle));
    https_client busy = server.connect();
    const auto began = steady_clock::now();
    while (steady_clock::now() - began < 3 * deadline) {
        BOOST_REQUIRE(busy.request("GET", "/").status == 200u);
    }
}

BOOST_AUTO_TEST_CASE(a_request_that_waits_too_long_is_told_so_and_kept) {
    loopback_reactor server(only(&net::session_limits::request));
    https_client client = server.connect();
    const stopwatch watch;
    client.send(get_waiting);
    const test::response late = client.receive();
    watch.check();
    BOOST_TEST(late.status == 503u);
    BOOST_TEST(late.body == "late");
    BOOST_TEST(client.request("GET", "/").status == 200u);

    // The answer comes when nobody waits any more: the next request must not be given it.
    storage::submission first;
    BOOST_REQUIRE(server.take(first));
    client.send(get_waiting);
    storage::submission second;
    BOOST_REQUIRE(server.take(second));
    BOOST_TEST(first.ticket != second.ticket);
    server.answer(first.ticket);
    BOOST_TEST(client.receive().body == "late");
    server.answer(second.ticket);
    BOOST_TEST(client.request("GET", "/").status == 200u);
}

BOOST_AUTO_TEST_CASE(what_waits_is_answered_in_order_though_commits_are_not) {
    loopback_reactor server(net::session_limits{});
    https_client one = server.connect();
    https_client two = server.connect();
    storage::submission of_one;
    storage::submission of_two;
    one.send(get_waiting + get);
    BOOST_REQUIRE(server.take(of_one));
    two.send(get_waiting + get);
    BOOST_REQUIRE(server.take(of_two));
    server.answer(of_two.ticket);
    BOOST_TEST(two.receive().body == "committed");
    BOOST_TEST(two.receive().body == "");
    server.answer(of_one.ticket);
    BOOST_TEST(one.receive().body == "committed");
    BOOST_TEST(one.receive().body == "");
}

BOOST_AUTO_TEST_CASE(who_finds_the_inbox_full_is_told_to_wait) {
    constexpr std::size_t places = 4;
    loopback_reactor server(net::session_limits{}, places);
    std::vector<https_client> clients;
    std::vector<storage::submission> taken(places);
    for (std::size_t n = 0; n < places; ++n) {
        clients.push_back(server.connect());
        clients.back().send(get_waiting);
        BOOST_REQUIRE(server.take(taken[n]));
    }
    https_client another = server.connect();
    another.send(get_waiting);
    BOOST_TEST(another.receive().body == "full");
    BOOST_TEST(server.refused(refusal_reason::inbox_full) == 1u);
    server.answer(taken[0].ticket);
    BOOST_TEST(clients[0].receive().body == "committed");
    another.send(get_waiting);
    BOOST_REQUIRE(server.take(taken[0]));
    server.answer(taken[0].ticket);
    BOOST_TEST(another.receive().body == "committed");
}

BOOST_AUTO_TEST_CASE(slow_peers_cost_only_themselves) {
    constexpr std::size_t slow_peers = 100;
    net::session_limits limits{30s, 3s, 30s, 30s, 30s, 30s};
    loopback_reactor server(limits);
    std::vector<https_client> slow;
    for (std::size_t n = 0; n < slow_peers; ++n) {
        slow.push_back(server.connect());
        slow.back().send("GET / HTTP/1.1\r\nX: ");
    }
    https_client quick = server.connect();
    for (int n = 0; n < 500; ++n) {
        BOOST_REQUIRE(quick.request("GET", "/").status == 200u);
    }
    BOOST_TEST(server.connections() == slow_peers + 1);
    BOOST_TEST(loopback_reactor::becomes([&] { return server.connections() == 1; }));
    BOOST_TEST(quick.request("GET", "/").status == 200u);
}

// The answer is out; who never closes its side has no longer than a write may take.
BOOST_AUTO_TEST_CASE(a_refused_peer_that_stays_is_given_up) {
    loopback_reactor server(only(&net::session_limits::write));
    https_client refused = server.connect();
    const stopwatch watch;
    refused.send("GET / HTTP/1.0\r\n\r\n");
    BOOST_TEST(refused.receive().status == 505u);
    BOOST_TEST(refused.closed());
    BOOST_TEST(loopback_reactor::becomes([&] { return server.connections() == 0; }));
    watch.check();
}

BOOST_AUTO_TEST_CASE(a_refused_peer_may_send_its_body_and_still_read_why) {
    loopback_reactor server(net::session_limits{});
    https_client eager = server.connect();
    constexpr std::size_t body = 500'000;
    eager.send("POST /refused HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
               std::to_string(body) + "\r\n\r\n");
    eager.send(std::string(body, 'x'));
    BOOST_TEST(eager.receive().status == 404u);
    BOOST_TEST(eager.closed());
}

BOOST_AUTO_TEST_CASE(a_refused_peer_that_never_stops_is_cut_off) {
    loopback_reactor server(net::session_limits{});
    https_client endless = server.connect();
    endless.send("POST /refused HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n");
    const std::string piece(16'384, 'x');
    bool cut_off = false;
    for (int n = 0; n < 4'000 && !cut_off; ++n) {  // 64 MiB, more than all buffers on the way
        try {
            endless.send(piece);
        } catch (const std::exception&) {
            cut_off = true;
        }
    }
    BOOST_TEST(cut_off);
    BOOST_TEST(loopback_reactor::becomes([&] { return server.connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(who_never_reads_costs_the_kernel_no_more_than_the_limit) {
    loopback_reactor server(net::session_limits{});
    https_client deaf = server.connect();
    const int little = 4'096;
    ::setsockopt(deaf.descriptor(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    deaf.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    constexpr std::size_t send_buffer = core::limits::send_buffer_bytes;
    // Until the peer's buffer and the server's are full, and nothing moves any more: far beyond
    // what the handshake left.
    std::size_t queued = 0;
    BOOST_TEST(loopback_reactor::becomes([&] {
        const std::size_t before = std::exchange(queued, queued_to_send(server.port()));
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        return queued >= send_buffer && queued == before;
    }));
    BOOST_TEST_MESSAGE(queued << " bytes queued");
    BOOST_TEST(queued <= 4 * send_buffer);  // without a limit it is some 30 times as much
}

BOOST_AUTO_TEST_SUITE_END()
