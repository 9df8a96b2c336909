#include "loadtest/endpoint.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <stdexcept>
#include <string_view>

BOOST_AUTO_TEST_SUITE(endpoint)

using doseline::loadtest::loopback_source;
using doseline::loadtest::resolve_endpoint;

BOOST_AUTO_TEST_CASE(loopback_is_told_from_other_machines) {
    for (const std::string_view text : {"127.0.0.1:1", "127.9.8.7:65535", "[::1]:8443"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(resolve_endpoint(text).is_loopback()); }
    }
    for (const std::string_view text : {"10.0.0.1:1", "128.0.0.1:8443", "[2001:db8::1]:8443"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_TEST(!resolve_endpoint(text).is_loopback()); }
    }
}

BOOST_AUTO_TEST_CASE(the_host_is_kept_as_certificates_name_it) {
    BOOST_TEST(resolve_endpoint("[::1]:8443").host == "::1");
    BOOST_TEST(resolve_endpoint("127.0.0.1:8443").host == "127.0.0.1");
    BOOST_TEST(resolve_endpoint("127.0.0.1:8443").text == "127.0.0.1:8443");
}

BOOST_AUTO_TEST_CASE(what_is_not_host_and_port_is_refused) {
    for (const std::string_view text :
         {"", ":", "127.0.0.1", "127.0.0.1:", ":8443", "::1:8443", "127.0.0.1:x", "[]:1"}) {
        BOOST_TEST_CONTEXT("text " << text) {
            BOOST_CHECK_THROW(resolve_endpoint(text), std::runtime_error);
        }
    }
}

// 28,000 ports a source are enough when no source is used twice before all are used.
BOOST_AUTO_TEST_CASE(every_connection_comes_from_an_address_of_its_own) {
    std::set<std::uint32_t> seen;
    for (std::uint32_t n = 0; n < 300'000; ++n) {
        const std::uint32_t address = ntohl(loopback_source(n).s_addr);
        BOOST_REQUIRE(address >> 24 == 127);
        BOOST_REQUIRE((address >> 16 & 255) != 0);
        BOOST_REQUIRE((address & 255) != 0);
        BOOST_REQUIRE((address & 255) != 255);
        BOOST_REQUIRE(seen.insert(address).second);
    }
    BOOST_TEST(ntohl(loopback_source(~0u).s_addr) >> 24 == 127u);
}

BOOST_AUTO_TEST_SUITE_END()
