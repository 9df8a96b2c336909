#include "tests/net/loopback_reactor.hpp"
#include "tests/support/descriptor_tables.hpp"
#include "tests/support/one_table.hpp"
#include "tests/support/raw_socket.hpp"

#include <boost/test/unit_test.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

BOOST_AUTO_TEST_SUITE(reactor_descriptors,
                      *boost::unit_test::precondition(doseline::test::knows_tables))

using namespace doseline;
using test::https_client;
using test::loopback_reactor;

namespace {

const std::string get_waiting = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n";

std::vector<int> open_files() {
    std::vector<int> files(32);
    for (int& f : files) {
        f = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    return files;
}

// False when one was closed already.
bool close_all(const std::vector<int>& files) {
    return std::count_if(files.begin(), files.end(), [](int f) { return ::close(f) != 0; }) == 0;
}

// The server's end of a client's connection, which is in this process as well.
int other_end_of(const https_client& client) {
    sockaddr_in own{};
    socklen_t size = sizeof own;
    ::getsockname(client.descriptor(), reinterpret_cast<sockaddr*>(&own), &size);
    sockaddr_in peer{};
    int descriptor = -1;
    do {
        size = sizeof peer;
        peer = {};
        ::getpeername(++descriptor, reinterpret_cast<sockaddr*>(&peer), &size);
    } while (peer.sin_port != own.sin_port && descriptor < 1'000);
    return descriptor;
}

// Until nothing more fits on its way to a client that does not read.
void fill(int descriptor) {
    const std::string bytes(65'536, 'x');
    pollfd room{descriptor, POLLOUT, 0};
    constexpr int on_its_way_ms = 50;
    do {
        while (::send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
        }
    } while (::poll(&room, 1, on_its_way_ms) == 1);
}

// Connections in every state that a stop can meet: before the handshake, idle, in a header, and
// waiting for the committer.
struct busy_reactor {
    loopback_reactor server;
    // They take the numbers in this thread's table that the connections take in the reactor's own.
    const std::vector<int> files = open_files();
    test::raw_socket silent{server.port()};
    https_client idle = server.connect();
    https_client slow = server.connect();
    https_client waiting = server.connect();

    explicit busy_reactor(bool private_descriptors)
        : server(net::session_limits{}, 64, private_descriptors) {
        slow.send("GET / HTTP/1.1\r\nX: ");
        waiting.send(get_waiting);
        storage::submission asked;
        BOOST_REQUIRE(server.take(asked));
        BOOST_REQUIRE(loopback_reactor::becomes([&] { return server.connections() == 4; }));
    }
};

}  // namespace

// A listener, epoll, eventfd and timerfd, the set of the sessions, its wake and its probe, and
// nothing later: what is opened behind the first unshare() is unknown to the threads that must wake
// the reactor.
BOOST_AUTO_TEST_CASE(all_that_a_reactor_is_woken_by_is_there_before_it_starts) {
    const auto open_here = [] {
        return test::descriptors_by_thread(::getpid()).at(std::to_string(::getpid()));
    };
    for (const bool private_descriptors : {false, true}) {
        const std::size_t before = open_here();
        loopback_reactor server(net::session_limits{}, 64, private_descriptors);
        BOOST_TEST(open_here() == before + 7);
    }
}

BOOST_AUTO_TEST_CASE(a_reactor_whose_table_is_full_resets_who_comes) {
    loopback_reactor server(net::session_limits{}, 64, true, 2);
    std::vector<https_client> clients;
    clients.push_back(server.connect());
    clients.push_back(server.connect());
    BOOST_CHECK_THROW(server.connect(), std::exception);
    BOOST_TEST(server.refused(net::refusal_reason::connections_max) == 1u);
    BOOST_TEST(clients.front().request("GET", "/").status == 200u);
    clients.pop_back();
    BOOST_REQUIRE(loopback_reactor::becomes([&] { return server.connections() == 1; }));
    clients.push_back(server.connect());
    BOOST_TEST(clients.back().request("GET", "/").status == 200u);
}

BOOST_AUTO_TEST_CASE(a_stop_ends_connections_in_every_state) {
    for (const bool private_descriptors : {false, true}) {
        busy_reactor busy(private_descriptors);
        (*busy.server).stop();
        (*busy.server).join();
        BOOST_TEST(busy.server.connections() == 0u);
        BOOST_TEST(busy.silent.read_to_end() == "");
        BOOST_TEST(busy.idle.closed());
        BOOST_TEST(busy.slow.closed());
        BOOST_TEST(busy.waiting.receive().body == "late");
        BOOST_TEST(busy.waiting.closed());
        close_all(busy.files);
    }
}

// What it is told last does not even fit into its socket.
BOOST_AUTO_TEST_CASE(nor_does_a_stop_wait_for_who_does_not_read) {
    loopback_reactor server(net::session_limits{});
    https_client deaf = server.connect();
    const int little = 4'096;
    ::setsockopt(deaf.descriptor(), SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    deaf.send(get_waiting);
    storage::submission asked;
    BOOST_REQUIRE(server.take(asked));
    fill(other_end_of(deaf));
    (*server).stop();
    BOOST_TEST((*server).drained_within(std::chrono::seconds{10}));
}

BOOST_AUTO_TEST_CASE(a_reactor_with_a_table_of_its_own_closes_no_file_of_others) {
    std::vector<int> others;
    {
        busy_reactor busy(true);
        others = busy.files;
    }
    BOOST_TEST(close_all(others));
}

BOOST_AUTO_TEST_CASE(who_comes_to_a_stopped_reactor_is_refused) {
    for (const bool private_descriptors : {false, true}) {
        loopback_reactor server(net::session_limits{}, 64, private_descriptors);
        https_client last = server.connect();
        (*server).drain();
        BOOST_TEST(last.closed());
        BOOST_REQUIRE((*server).drained_within(std::chrono::seconds{10}));
        BOOST_CHECK_THROW(server.connect(), std::exception);
    }
}

// Wake-ups come from threads that have another table.
BOOST_AUTO_TEST_CASE(answers_reach_a_reactor_with_a_table_of_its_own) {
    loopback_reactor server(net::session_limits{}, 64, true);
    https_client client = server.connect();
    for (int n = 0; n < 200; ++n) {
        client.send(get_waiting);
        storage::submission asked;
        BOOST_REQUIRE(server.take(asked));
        server.answer(asked.ticket);
        BOOST_REQUIRE(client.receive().body == "committed");
    }
}

BOOST_AUTO_TEST_SUITE_END()
