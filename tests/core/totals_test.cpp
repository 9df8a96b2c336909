#include "core/totals.hpp"

#include "tests/core/seasons.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <map>
#include <memory>
#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(totals_test)

using namespace doseline::core;
using doseline::test::date;

namespace {

using told = dose_totals::dose;

constexpr civil_day monday = date(2016, 10, 3);
constexpr std::uint32_t regions = 3;
constexpr std::size_t reactors = 2;

told any_dose() {
    return {*rc::gen::inRange(0u, regions),
            *rc::gen::element<programme_number>(0, 1, limits::programmes_max - 1),
            *rc::gen::inRange(0, 3) > 0, monday, *rc::gen::inRange(0u, 24u)};
}

dose_counts sum_of(const dose_totals& totals, std::uint32_t count = regions) {
    dose_counts sum(count);
    for (std::size_t shard = 0; shard <= totals.recovery_shard(); ++shard) {
        sum += totals.snapshot(shard, count);
    }
    return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_counted_at_first) {
    const dose_totals totals(reactors);
    BOOST_TEST(totals.reactors() == reactors);
    BOOST_TEST(totals.recovery_shard() == reactors);
    const dose_counts sum = sum_of(totals);
    BOOST_TEST(sum.regions() == regions);
    BOOST_TEST(sum.doses(0) == 0u);
    BOOST_TEST(sum.in_hour(0, 0, monday) == 0u);
}

BOOST_AUTO_TEST_CASE(a_dose_counts_in_its_row_alone) {
    dose_totals totals(reactors);
    totals.count(1, {2, 5, false, monday, 13});
    const dose_counts sum = sum_of(totals);
    BOOST_TEST(sum.doses(2) == 1u);
    BOOST_TEST(sum.doses(2, 5) == 1u);
    BOOST_TEST(sum.doses(2, 4) == 0u);
    BOOST_TEST(sum.doses(1) == 0u);
    BOOST_TEST(sum.not_payable(2, 5) == 1u);
    BOOST_TEST(sum.in_hour(2, 13, monday) == 1u);
    BOOST_TEST(sum.in_hour(2, 12, monday) == 0u);
    BOOST_TEST(sum.in_hour(2, 13, monday + std::chrono::days{1}) == 0u);
}

BOOST_AUTO_TEST_CASE(the_last_region_has_a_row_of_its_own) {
    dose_totals totals(1);
    totals.count(0, {limits::regions_max - 1, limits::programmes_max - 1, true, monday, 23});
    const dose_counts sum = sum_of(totals, limits::regions_max);
    BOOST_TEST(sum.doses(limits::regions_max - 1, limits::programmes_max - 1) == 1u);
    BOOST_TEST(sum.in_hour(limits::regions_max - 1, 23, monday) == 1u);
    BOOST_TEST(sum.doses(limits::regions_max - 2) == 0u);
}

BOOST_AUTO_TEST_CASE(a_new_day_begins_its_hours_anew_and_keeps_the_season) {
    dose_totals totals(1);
    const civil_day tuesday = monday + std::chrono::days{1};
    totals.count(0, {0, 0, true, monday, 9});
    totals.count(0, {0, 0, true, monday, 9});
    totals.count(0, {0, 0, true, tuesday, 9});
    const dose_counts sum = sum_of(totals);
    BOOST_TEST(sum.doses(0) == 3u);
    BOOST_TEST(sum.in_hour(0, 9, tuesday) == 1u);
    BOOST_TEST(sum.in_hour(0, 9, monday) == 0u);
}

BOOST_AUTO_TEST_CASE(a_void_takes_back_what_another_shard_has_counted) {
    dose_totals totals(reactors);
    totals.count(0, {1, 0, false, monday, 9});
    totals.count(0, {1, 0, true, monday, 9});
    totals.uncount(1, {1, 0, false, monday, 9});
    const dose_counts sum = sum_of(totals);
    BOOST_TEST(sum.doses(1) == 1u);
    BOOST_TEST(sum.not_payable(1, 0) == 0u);
    BOOST_TEST(sum.in_hour(1, 9, monday) == 1u);
}

BOOST_AUTO_TEST_CASE(a_void_of_yesterdays_dose_leaves_todays_hours) {
    const civil_day tuesday = monday + std::chrono::days{1};
    dose_totals totals(1);
    totals.count(0, {0, 0, true, monday, 9});
    totals.count(0, {0, 0, true, tuesday, 9});
    totals.uncount(0, {0, 0, true, monday, 9});
    const dose_counts sum = sum_of(totals);
    BOOST_TEST(sum.doses(0) == 1u);
    BOOST_TEST(sum.in_hour(0, 9, tuesday) == 1u);
}

BOOST_AUTO_TEST_CASE(a_dose_that_becomes_payable_is_one_dose_still) {
    dose_totals totals(reactors);
    totals.count(0, {2, 3, false, monday, 9});
    totals.change_claim(1, 2, 3, claim_state::not_payable, claim_state::review);
    const dose_counts sum = sum_of(totals);
    BOOST_TEST(sum.doses(2, 3) == 1u);
    BOOST_TEST(sum.not_payable(2, 3) == 0u);
    totals.change_claim(0, 2, 3, claim_state::review, claim_state::auto_ok);
    BOOST_TEST(sum_of(totals).not_payable(2, 3) == 0u);
    totals.change_claim(0, 2, 3, claim_state::auto_ok, claim_state::not_payable);
    BOOST_TEST(sum_of(totals).doses(2, 3) == 1u);
    BOOST_TEST(sum_of(totals).not_payable(2, 3) == 1u);
}

// After midnight some reactors have told of the new day and some have not.
BOOST_AUTO_TEST_CASE(shards_of_different_days_do_not_mix_their_hours) {
    const civil_day tuesday = monday + std::chrono::days{1};
    for (const std::size_t ahead : {0u, 1u}) {
        dose_totals totals(reactors);
        totals.count(ahead, {0, 0, true, tuesday, 0});
        totals.count(1 - ahead, {0, 0, true, monday, 0});
        totals.count(totals.recovery_shard(), {0, 0, true, tuesday, 0});
        const dose_counts sum = sum_of(totals);
        BOOST_TEST(sum.doses(0) == 3u);
        BOOST_TEST(sum.in_hour(0, 0, tuesday) == 2u);
    }
}

BOOST_AUTO_TEST_CASE(sums_over_shards_are_exact) {
    const bool holds = rc::check("any doses on any shards", [] {
        const auto totals = std::make_unique<dose_totals>(reactors);
        std::map<std::tuple<std::uint32_t, programme_number>, std::uint64_t> doses;
        std::map<std::tuple<std::uint32_t, programme_number>, std::uint64_t> not_payable;
        std::map<std::tuple<std::uint32_t, unsigned>, std::uint64_t> by_hour;
        for (int many = *rc::gen::inRange(0, 60); many > 0; --many) {
            const told d = any_dose();
            totals->count(*rc::gen::inRange<std::size_t>(0, reactors + 1), d);
            ++doses[{d.region_index, d.programme}];
            not_payable[{d.region_index, d.programme}] += d.payable ? 0 : 1;
            ++by_hour[{d.region_index, d.hour}];
        }
        const dose_counts sum = sum_of(*totals);
        for (std::uint32_t region = 0; region < regions; ++region) {
            std::uint64_t all = 0;
            for (programme_number p = 0; p < limits::programmes_max; ++p) {
                RC_ASSERT(sum.doses(region, p) == (doses[{region, p}]));
                RC_ASSERT(sum.not_payable(region, p) == (not_payable[{region, p}]));
                all += sum.doses(region, p);
            }
            RC_ASSERT(sum.doses(region) == all);
            for (unsigned hour = 0; hour < 24; ++hour) {
                RC_ASSERT(sum.in_hour(region, hour, monday) == (by_hour[{region, hour}]));
            }
        }
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()
