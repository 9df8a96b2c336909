#include "loadtest/arrival_plan.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

BOOST_AUTO_TEST_SUITE(arrival_plan)

using namespace std::chrono_literals;
using doseline::loadtest::arrival_plan;

namespace {

constexpr std::uint64_t seed = 4711;

std::vector<arrival_plan::offset> all_of(arrival_plan plan) {
    std::vector<arrival_plan::offset> times;
    for (; plan.next(); plan.advance()) {
        times.push_back(*plan.next());
    }
    return times;
}

}  // namespace

BOOST_AUTO_TEST_CASE(exactly_as_many_as_asked_for_in_order_and_in_time) {
    for (const std::uint64_t count : {0u, 1u, 2u, 1'000u, 100'000u}) {
        BOOST_TEST_CONTEXT("count " << count << " seed " << seed) {
            const auto times = all_of({count, 10s, seed});
            BOOST_TEST(times.size() == count);
            BOOST_TEST(std::is_sorted(times.begin(), times.end()));
            for (const auto at : times) {
                BOOST_REQUIRE(at >= 0s);
                BOOST_REQUIRE(at < 10s);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(remaining_counts_down_to_nothing) {
    arrival_plan plan(3, 1s, seed);
    for (std::uint64_t left = 3; left > 0; --left) {
        BOOST_TEST(plan.remaining() == left);
        plan.advance();
    }
    BOOST_TEST(plan.remaining() == 0u);
    BOOST_TEST(!plan.next().has_value());
    plan.advance();
    BOOST_TEST(!plan.next().has_value());
}

// 10,000 a tenth: a standard deviation is 95, and the bound is more than five of them.
BOOST_AUTO_TEST_CASE(arrivals_are_spread_evenly_over_the_time) {
    std::array<int, 10> tenths{};
    for (const auto at : all_of({100'000, 10s, seed})) {
        ++tenths[static_cast<std::size_t>(at / 1s)];
    }
    for (const int n : tenths) {
        BOOST_TEST(std::abs(n - 10'000) < 500);
    }
}

// Gaps of a Poisson process are exponential: the share longer than the mean is 1/e, and longer
// than three means 1/e^3. A metronome would have none of the latter.
BOOST_AUTO_TEST_CASE(gaps_are_those_of_clinics_that_know_nothing_of_each_other) {
    const auto times = all_of({100'000, 100s, seed});
    double longer = 0;
    double much_longer = 0;
    for (std::size_t i = 1; i < times.size(); ++i) {
        longer += times[i] - times[i - 1] > 1ms ? 1 : 0;
        much_longer += times[i] - times[i - 1] > 3ms ? 1 : 0;
    }
    BOOST_TEST(std::abs(longer / 100'000 - std::exp(-1.0)) < 0.01);
    BOOST_TEST(std::abs(much_longer / 100'000 - std::exp(-3.0)) < 0.005);
}

BOOST_AUTO_TEST_CASE(a_seed_is_a_plan) {
    BOOST_TEST((all_of({1'000, 1s, 1}) == all_of({1'000, 1s, 1})));
    BOOST_TEST((all_of({1'000, 1s, 1}) != all_of({1'000, 1s, 2})));
}

BOOST_AUTO_TEST_SUITE_END()
