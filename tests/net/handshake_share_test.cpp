#include "net/handshake_share.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(handshake_share_suite)

using doseline::core::limits::handshakes_waiting_max;
using doseline::core::limits::reactors_max;
using doseline::net::handshake_share;

BOOST_AUTO_TEST_CASE(a_reactor_a_core_or_fewer_has_all_of_a_core_s) {
    for (const std::size_t reactors : {1u, 2u, 16u}) {
        BOOST_TEST(handshake_share(handshakes_waiting_max, reactors, reactors) ==
                   handshakes_waiting_max);
        BOOST_TEST(handshake_share(handshakes_waiting_max, reactors, reactors + 1) ==
                   handshakes_waiting_max);
        BOOST_TEST(handshake_share(handshakes_waiting_max, reactors, 64) == handshakes_waiting_max);
    }
}

BOOST_AUTO_TEST_CASE(more_reactors_than_cores_share_what_the_cores_have) {
    BOOST_TEST(handshake_share(handshakes_waiting_max, 2, 1) == handshakes_waiting_max / 2);
    BOOST_TEST(handshake_share(handshakes_waiting_max, 16, 2) == handshakes_waiting_max / 8);
    BOOST_TEST(handshake_share(handshakes_waiting_max, 16, 15) == handshakes_waiting_max * 15 / 16);
}

BOOST_AUTO_TEST_CASE(together_they_have_no_more_and_each_has_some) {
    for (std::size_t cores = 1; cores <= reactors_max + 1; ++cores) {
        for (std::size_t reactors = 1; reactors <= reactors_max; ++reactors) {
            const std::size_t each = handshake_share(handshakes_waiting_max, reactors, cores);
            BOOST_TEST_REQUIRE(each * reactors <= handshakes_waiting_max * cores);
            BOOST_TEST_REQUIRE(each >= handshakes_waiting_max / reactors_max);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
