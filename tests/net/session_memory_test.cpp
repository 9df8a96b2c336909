#include "tests/net/loopback_reactor.hpp"
#include "tests/support/heap_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(session_memory, *boost::unit_test::precondition(doseline::test::heap_watched))

using namespace doseline;
using test::https_client;
using test::loopback_reactor;

namespace {

// Measured 14,449 with this client, of which OpenSSL's objects are all but the session itself:
// net/README.md says where they go.
constexpr std::int64_t idle_bytes_max = 14'600;
constexpr std::size_t connections = 300;

// The test's thread is the peer and is not counted; the reactor's is.
struct watched_reactor : test::heap_bystander {
    loopback_reactor server{net::session_limits{}};
};

void use(https_client& client) {
    BOOST_REQUIRE(client.request("GET", "/").status == 200u);
    BOOST_REQUIRE(client.request("POST", "/", {}, std::string(300, 'x')).status == 200u);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_idle_connection_keeps_within_its_budget, watched_reactor) {
    std::vector<https_client> clients;
    for (std::size_t n = 0; n < 8; ++n) {  // what the reactor keeps for all of them
        clients.push_back(server.connect());
        use(clients.back());
    }
    const auto before = server.heap();
    for (std::size_t n = 0; n < connections; ++n) {
        clients.push_back(server.connect());
        use(clients.back());
    }
    const auto each = (server.heap() - before).bytes / static_cast<std::int64_t>(connections);
    BOOST_TEST_MESSAGE("an idle connection holds " << each << " bytes");
    BOOST_TEST(each > 1'000);  // they are there, and they are seen
    BOOST_TEST(each <= idle_bytes_max);
}

BOOST_FIXTURE_TEST_CASE(what_connections_took_is_given_back, watched_reactor) {
    constexpr std::int64_t at_once = 50;
    const auto pass = [this] {
        std::vector<https_client> clients;
        for (std::int64_t n = 0; n < at_once; ++n) {
            clients.push_back(server.connect());
            use(clients.back());
        }
        clients.clear();
        BOOST_REQUIRE(loopback_reactor::becomes([&] { return server.connections() == 0; }));
        return server.heap();
    };
    pass();
    const auto before = pass();
    // Not to the byte: some of OpenSSL's numbers that live as long as the process vary in length,
    // by 64 bytes and more. A pointer that each connection left behind would be six times as much.
    BOOST_TEST(std::abs((pass() - before).bytes) <
               at_once * static_cast<std::int64_t>(sizeof(void*)));
}

BOOST_AUTO_TEST_SUITE_END()
