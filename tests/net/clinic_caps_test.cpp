#include "net/clinic_caps.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(clinic_caps_suite)

using namespace doseline;
using namespace std::chrono_literals;
using net::clinic_caps;

namespace {

constexpr core::clinic_number hog = 3;
constexpr core::clinic_number other = 4;

struct fixture {
    clinic_caps::time_point now{1'000s};
    clinic_caps caps{now, 8};

    unsigned admitted_of(unsigned requests, core::clinic_number clinic = hog) {
        unsigned admitted = 0;
        for (unsigned n = 0; n < requests; ++n) {
            admitted += caps.enter(clinic, now) ? 1 : 0;
        }
        return admitted;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_burst_is_served_up_to_its_limit_and_not_one_more, fixture) {
    constexpr unsigned burst = core::limits::clinic_burst_requests_max;
    BOOST_TEST(admitted_of(burst) == burst);
    BOOST_TEST(admitted_of(1) == 0u);
}

BOOST_FIXTURE_TEST_CASE(after_a_burst_the_rate_holds_over_an_hour, fixture) {
    admitted_of(core::limits::clinic_burst_requests_max);
    unsigned admitted = 0;
    for (unsigned ms = 0; ms < 3'600'000; ++ms) {
        now += 1ms;
        admitted += admitted_of(1);  // 1,000 a second
    }
    BOOST_TEST(admitted == 3'600 * core::limits::clinic_requests_per_second_max);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_uses_nothing_up_and_a_token_later_there_is_room, fixture) {
    constexpr std::chrono::microseconds token{1'000'000 /
                                              core::limits::clinic_requests_per_second_max};
    admitted_of(core::limits::clinic_burst_requests_max);
    BOOST_TEST(admitted_of(1'000) == 0u);
    now += token - 1us;
    BOOST_TEST(admitted_of(1) == 0u);
    now += 1us;
    BOOST_TEST(admitted_of(1) == 1u);
}

BOOST_FIXTURE_TEST_CASE(one_clinic_has_so_many_under_way_and_not_one_more, fixture) {
    std::vector<clinic_caps::place> held;
    for (unsigned n = 0; n < core::limits::clinic_in_flight_max; ++n) {
        auto held_now = caps.enter(hog, now);
        BOOST_REQUIRE(held_now.has_value());
        held.push_back(std::move(*held_now));
    }
    BOOST_TEST(caps.in_flight(hog) == core::limits::clinic_in_flight_max);
    BOOST_TEST(admitted_of(1) == 0u);
    held.pop_back();
    BOOST_TEST(admitted_of(1) == 1u);
    held.clear();
    BOOST_TEST(caps.in_flight(hog) == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_place_that_moves_is_given_back_once, fixture) {
    auto held = caps.enter(hog, now);
    clinic_caps::place elsewhere = std::move(*held);
    BOOST_TEST(caps.in_flight(hog) == 1u);
    elsewhere = clinic_caps::place{};
    BOOST_TEST(caps.in_flight(hog) == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_hog_costs_only_itself, fixture) {
    admitted_of(100'000);
    BOOST_TEST(admitted_of(100, other) == 100u);
    BOOST_TEST(admitted_of(1) == 0u);
}

// What was refused must not push the time of the next service away.
BOOST_FIXTURE_TEST_CASE(refusals_use_nothing_up, fixture) {
    admitted_of(1'000'000);
    now += 1s;
    BOOST_TEST(admitted_of(1'000) == core::limits::clinic_requests_per_second_max);
}

BOOST_FIXTURE_TEST_CASE(an_idle_year_gives_one_burst, fixture) {
    admitted_of(1'000);
    now += 24h * 365;
    BOOST_TEST(admitted_of(10'000) == core::limits::clinic_burst_requests_max);
}

BOOST_FIXTURE_TEST_CASE(reactors_together_admit_exactly_the_burst, fixture) {
    constexpr int threads = 4;
    std::vector<unsigned> admitted(threads, 0);
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t) {
        all.emplace_back([&, t] {
            unsigned mine = 0;
            for (int n = 0; n < 20'000; ++n) {
                mine += caps.enter(hog, now) ? 1 : 0;
            }
            admitted[static_cast<std::size_t>(t)] = mine;
        });
    }
    unsigned sum = 0;
    for (int t = 0; t < threads; ++t) {
        all[static_cast<std::size_t>(t)].join();
        sum += admitted[static_cast<std::size_t>(t)];
    }
    BOOST_TEST(sum == core::limits::clinic_burst_requests_max);
    BOOST_TEST(caps.in_flight(hog) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
