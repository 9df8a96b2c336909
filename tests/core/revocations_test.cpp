#include "core/revocations.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(revocations_suite)

using namespace doseline::core;
using namespace std::chrono_literals;

namespace {
const instant monday{std::chrono::sys_days{std::chrono::year{2016} / 10 / 3}};
}

BOOST_AUTO_TEST_CASE(at_first_everybody_may_speak) {
    const revocations none;
    BOOST_TEST(!none.has(0, 0, monday));
    BOOST_TEST(!none.has(0, 1, monday));
}

BOOST_AUTO_TEST_CASE(a_device_is_revoked_whenever_its_token_was_issued) {
    revocations r;
    BOOST_TEST(r.add(0, 7, monday));
    BOOST_TEST(r.has(0, 7, monday - 24h));
    BOOST_TEST(r.has(0, 7, monday + 24h));
    BOOST_TEST(!r.has(0, 8, monday));
    BOOST_TEST(!r.has(1, 7, monday));
}

BOOST_AUTO_TEST_CASE(all_of_a_clinic_is_what_was_issued_up_to_then) {
    revocations r;
    BOOST_TEST(r.add(3, 0, monday));
    BOOST_TEST(r.has(3, 7, monday));
    BOOST_TEST(!r.has(3, 7, monday + 1ms));
    BOOST_TEST(!r.has(4, 7, monday));
    r.add(3, 0, monday + 1h);
    BOOST_TEST(r.has(3, 7, monday + 1h));
    r.add(3, 0, monday);  // never less than before
    BOOST_TEST(r.has(3, 7, monday + 1h));
}

BOOST_AUTO_TEST_CASE(as_many_as_are_allowed_and_one_more) {
    revocations r;
    for (std::uint32_t n = 1; n <= limits::revocations_max; ++n) {
        BOOST_TEST(!r.full());
        BOOST_TEST_REQUIRE(r.add(n % 5, n, monday));
    }
    BOOST_TEST(r.full());
    BOOST_TEST(!r.add(9, 9, monday));
    BOOST_TEST(!r.has(9, 9, monday));
    BOOST_TEST(r.add(1, 1, monday));  // is there already
    for (std::uint32_t n = 1; n <= limits::revocations_max; ++n) {
        BOOST_TEST_REQUIRE(r.has(n % 5, n, monday));
        BOOST_TEST_REQUIRE(!r.has(n % 5 + 5, n, monday));
    }
}

BOOST_AUTO_TEST_SUITE_END()
