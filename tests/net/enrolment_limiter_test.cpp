#include "net/enrolment_limiter.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(enrolment_limiter)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

core::network_address address(std::uint32_t n) {
    core::network_address a{};
    std::memcpy(a.data() + 8, &n, sizeof n);
    return a;
}

struct fixture {
    net::enrolment_limiter limiter;
    net::enrolment_limiter::clock::time_point now{1h};

    void go_wrong(std::uint32_t from, std::uint32_t times) {
        for (std::uint32_t n = 0; n < times; ++n) {
            BOOST_TEST(limiter.may_try(address(from), now));
            limiter.was_wrong(address(from), now);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(so_many_wrong_codes_of_an_address_a_minute_and_not_one_more, fixture) {
    go_wrong(1, core::limits::enrolment_tries_per_minute_max - 1);
    BOOST_TEST(limiter.may_try(address(1), now));
    go_wrong(1, 1);
    BOOST_TEST(!limiter.may_try(address(1), now));
    BOOST_TEST(limiter.may_try(address(2), now));
}

BOOST_FIXTURE_TEST_CASE(after_a_minute_it_may_try_again, fixture) {
    go_wrong(1, core::limits::enrolment_tries_per_minute_max);
    now += 1min - 1ns;
    BOOST_TEST(!limiter.may_try(address(1), now));
    now += 1ns;
    BOOST_TEST(limiter.may_try(address(1), now));
}

BOOST_FIXTURE_TEST_CASE(where_too_many_addresses_were_wrong_no_new_one_may_try, fixture) {
    constexpr std::uint32_t addresses = 10'000;
    for (std::uint32_t n = 0; n < addresses; ++n) {
        go_wrong(n, 1);
    }
    BOOST_TEST(!limiter.may_try(address(addresses), now));
    BOOST_TEST(limiter.may_try(address(0), now));
    now += 1min;
    BOOST_TEST(limiter.may_try(address(addresses), now));
}

BOOST_AUTO_TEST_SUITE_END()
