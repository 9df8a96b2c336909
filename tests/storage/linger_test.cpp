#include "storage/linger.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(linger)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

constexpr auto longest = core::limits::linger_max;

// After a second of that many commands, each by itself and evenly spread.
double rate_after(int commands_a_second) {
    storage::arrival_rate rate;
    std::chrono::steady_clock::time_point now{1h};
    for (int i = 0; i < commands_a_second; ++i) {
        now += std::chrono::nanoseconds(1s) / commands_a_second;
        rate.note(1, now);
    }
    return rate.per_second();
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_rate_is_that_of_even_arrivals) {
    for (const int a_second : {100, 1'000, 4'000, 50'000}) {
        BOOST_TEST(rate_after(a_second) == a_second, boost::test_tools::tolerance(0.11));
    }
}

BOOST_AUTO_TEST_CASE(the_rate_is_forgotten_in_a_pause) {
    storage::arrival_rate rate;
    const std::chrono::steady_clock::time_point now{1h};
    rate.note(1'000, now);
    rate.note(0, now + 10 * storage::arrival_rate::memory);
    BOOST_TEST(rate.per_second() < 2);
}

BOOST_AUTO_TEST_CASE(a_look_at_the_same_moment_counts_too) {
    storage::arrival_rate rate;
    const std::chrono::steady_clock::time_point now{1h};
    rate.note(5, now);
    const double five = rate.per_second();
    rate.note(5, now);
    BOOST_TEST(rate.per_second() == 2 * five, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(who_asks_alone_is_answered_at_once) {
    BOOST_TEST(storage::linger_for(1, 0).count() == 0);
    BOOST_TEST(storage::linger_for(1, rate_after(1'000)).count() == 0);
    BOOST_TEST(storage::linger_for(0, 1e6).count() == 0);
}

BOOST_AUTO_TEST_CASE(a_busy_server_waits_even_with_one_command_at_hand) {
    BOOST_TEST((storage::linger_for(1, rate_after(4'000)) > longest / 2));
    BOOST_TEST((storage::linger_for(1, 1e6) <= longest));
}

BOOST_AUTO_TEST_CASE(half_as_busy_it_waits_half_as_long) {
    BOOST_TEST((std::chrono::abs(storage::linger_for(1, 3'000) * 2 -
                                 storage::linger_for(1, 6'000)) <= 1us));
    BOOST_TEST((storage::linger_for(1, 12'000) == storage::linger_for(1, 6'000)));
}

BOOST_AUTO_TEST_CASE(it_waits_less_for_a_fuller_batch_and_never_for_a_full_one) {
    BOOST_TEST((storage::linger_for(8, 4'000) > storage::linger_for(32, 4'000)));
    BOOST_TEST((storage::linger_for(63, 4'000) > 0us));
    BOOST_TEST(storage::linger_for(64, 4'000).count() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
