#include "core/eligibility.hpp"

#include "core/national_id.hpp"
#include "tests/core/seasons.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <optional>
#include <string_view>
#include <vector>

BOOST_AUTO_TEST_SUITE(eligibility_test)

using namespace doseline::core;
using doseline::test::anyone;
using doseline::test::date;
using doseline::test::everywhere;
using doseline::test::health_centres;
using doseline::test::open_season;
using doseline::test::season_2016_17;

namespace {

constexpr auto clinic = facility_kind::clinic;
constexpr auto centre = facility_kind::health_centre;

struct row {
    std::string_view what;
    civil_day birth;
    civil_day day;
    facility_kind where;
    decision told;
    std::optional<civil_day> opens = {};
    std::string_view exception = {};
    dose_history history = {};
};

void hold_to(const programme& p, const std::vector<row>& rows) {
    for (const row& r : rows) {
        BOOST_TEST_CONTEXT(p.code << ": " << r.what) {
            const exception_kind* exception = find_exception(p, r.exception);
            BOOST_REQUIRE((exception != nullptr) == !r.exception.empty());
            const eligibility e = evaluate(p, r.birth, r.day, r.where, exception, r.history);
            BOOST_TEST(name_of(e.decision) == name_of(r.told));
            BOOST_CHECK(e.opens == r.opens);
        }
    }
}

programme season_2023_24() {
    programme p = open_season("2023-24", date(2023, 10, 11), date(2024, 4, 30));
    const auto phase_of = [&](civil_day from, civil_day to, civil_day opens) {
        return phase{from, to, opens, p.ends, everywhere, funding::national, 0};
    };
    p.phases = {phase_of(anyone, date(1948, 12, 31), date(2023, 10, 11)),
                phase_of(date(1949, 1, 1), date(1953, 12, 31), date(2023, 10, 16)),
                phase_of(date(1954, 1, 1), date(1958, 12, 31), date(2023, 10, 19))};
    return p;
}

// The disabled under 65: paid by the county, at health centres alone, until the stock is gone.
programme season_2019_20() {
    programme p = open_season("2019-20", date(2019, 10, 15), date(2020, 4, 30));
    const civil_day closes = date(2019, 11, 22);
    p.phases = {
        {anyone, date(1944, 12, 31), date(2019, 10, 15), closes, everywhere, funding::national, 0},
        {date(1945, 1, 1), date(1954, 12, 31), date(2019, 10, 22), closes, everywhere,
         funding::national, 0}};
    p.exceptions = {{"DISABLED",
                     {date(1955, 1, 1), date(2019, 12, 31), date(2019, 10, 24), p.ends,
                      health_centres, funding::local, 0},
                     true}};
    return p;
}

}  // namespace

BOOST_AUTO_TEST_CASE(decisions_are_told_by_the_contracts_names) {
    constexpr std::array<std::string_view, 7> names{
        "ALREADY_VACCINATED",    "NOT_ELIGIBLE_AGE",   "NOT_YET", "CLOSED_HERE",
        "IN_PROGRESS_ELSEWHERE", "ELIGIBLE_EXCEPTION", "ELIGIBLE"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto d = static_cast<decision>(i);
        BOOST_TEST(name_of(d) == names[i]);
        BOOST_TEST(may_vaccinate(d) == names[i].starts_with("ELIGIBLE"));
    }
}

// That a hold elsewhere turns ELIGIBLE into IN_PROGRESS_ELSEWHERE is the registry's; see there.
BOOST_AUTO_TEST_CASE(the_worked_examples_of_2016_17) {
    const dose_history dose{1, date(2016, 10, 5)};
    hold_to(season_2016_17(), {
                                  {"75 and older on the first day", date(1941, 12, 31),
                                   date(2016, 10, 4), clinic, decision::eligible},
                                  {"a day too young", date(1942, 1, 1), date(2016, 10, 4), clinic,
                                   decision::not_yet, date(2016, 10, 10)},
                                  {"the same with an underlying disease",
                                   date(1942, 1, 1),
                                   date(2016, 10, 4),
                                   clinic,
                                   decision::eligible_exception,
                                   {},
                                   "UNDERLYING_DISEASE"},
                                  {"an exception that is named counts in an open phase, too",
                                   date(1942, 1, 1),
                                   date(2016, 10, 10),
                                   clinic,
                                   decision::eligible_exception,
                                   {},
                                   "UNDERLYING_DISEASE"},
                                  {"the youngest on their first day", date(1951, 12, 31),
                                   date(2016, 10, 10), clinic, decision::eligible},
                                  {"too young before", date(1952, 1, 1), date(2016, 9, 1), clinic,
                                   decision::not_eligible_age},
                                  {"too young on the first day", date(1952, 1, 1),
                                   date(2016, 10, 4), clinic, decision::not_eligible_age},
                                  {"too young after", date(1952, 1, 1), date(2017, 1, 1), centre,
                                   decision::not_eligible_age},
                                  {"too young, underlying disease or not",
                                   date(1952, 1, 1),
                                   date(2016, 10, 10),
                                   clinic,
                                   decision::not_eligible_age,
                                   {},
                                   "UNDERLYING_DISEASE"},
                                  {"old, with a dose",
                                   date(1941, 12, 31),
                                   date(2016, 10, 12),
                                   clinic,
                                   decision::already_vaccinated,
                                   {},
                                   {},
                                   dose},
                                  {"too young, with a dose",
                                   date(1952, 1, 1),
                                   date(2016, 10, 12),
                                   clinic,
                                   decision::already_vaccinated,
                                   {},
                                   {},
                                   dose},
                                  {"early, with a dose",
                                   date(1942, 1, 1),
                                   date(2016, 10, 4),
                                   clinic,
                                   decision::already_vaccinated,
                                   {},
                                   "UNDERLYING_DISEASE",
                                   dose},
                                  {"late, with a dose",
                                   date(1942, 1, 1),
                                   date(2016, 11, 20),
                                   clinic,
                                   decision::already_vaccinated,
                                   {},
                                   {},
                                   dose},
                                  {"a clinic after 15 November", date(1941, 12, 31),
                                   date(2016, 11, 20), clinic, decision::closed_here},
                                  {"a health centre after 15 November", date(1941, 12, 31),
                                   date(2016, 11, 20), centre, decision::eligible},
                              });
}

BOOST_AUTO_TEST_CASE(an_impossible_date_is_refused_before_any_rule) {
    BOOST_CHECK(national_id::parse("4102319000000").error() == errc::id_invalid);
}

BOOST_AUTO_TEST_CASE(both_ends_of_a_phase_are_inside) {
    hold_to(
        season_2016_17(),
        {
            {"the day before it opens", date(1941, 12, 31), date(2016, 10, 3), clinic,
             decision::not_yet, date(2016, 10, 4)},
            {"the day it opens", date(1942, 1, 1), date(2016, 10, 10), clinic, decision::eligible},
            {"the day before", date(1942, 1, 1), date(2016, 10, 9), clinic, decision::not_yet,
             date(2016, 10, 10)},
            {"the day it closes", date(1942, 1, 1), date(2016, 11, 15), clinic, decision::eligible},
            {"the day after", date(1942, 1, 1), date(2016, 11, 16), clinic, decision::closed_here},
            {"the season's last day", date(1942, 1, 1), date(2017, 4, 30), centre,
             decision::eligible},
            {"the day after the season", date(1942, 1, 1), date(2017, 5, 1), centre,
             decision::closed_here},
        });
}

BOOST_AUTO_TEST_CASE(phases_by_age_of_2023_24) {
    hold_to(
        season_2023_24(),
        {
            {"75", date(1948, 12, 31), date(2023, 10, 11), clinic, decision::eligible},
            {"74 too early", date(1949, 1, 1), date(2023, 10, 15), clinic, decision::not_yet,
             date(2023, 10, 16)},
            {"74", date(1949, 1, 1), date(2023, 10, 16), clinic, decision::eligible},
            {"70", date(1953, 12, 31), date(2023, 10, 16), clinic, decision::eligible},
            {"69 too early", date(1954, 1, 1), date(2023, 10, 18), clinic, decision::not_yet,
             date(2023, 10, 19)},
            {"65", date(1958, 12, 31), date(2023, 10, 19), clinic, decision::eligible},
            {"64", date(1959, 1, 1), date(2023, 10, 19), clinic, decision::not_eligible_age},
            {"in the spring", date(1958, 12, 31), date(2024, 4, 30), clinic, decision::eligible},
        });
}

BOOST_AUTO_TEST_CASE(an_exception_opens_its_own_window_where_it_says) {
    hold_to(season_2019_20(), {
                                  {"without it", date(1990, 1, 1), date(2019, 10, 24), centre,
                                   decision::not_eligible_age},
                                  {"before its window", date(1990, 1, 1), date(2019, 10, 23),
                                   centre, decision::not_yet, date(2019, 10, 24), "DISABLED"},
                                  {"at a health centre",
                                   date(1990, 1, 1),
                                   date(2019, 10, 24),
                                   centre,
                                   decision::eligible_exception,
                                   {},
                                   "DISABLED"},
                                  {"at a clinic",
                                   date(1990, 1, 1),
                                   date(2019, 10, 24),
                                   clinic,
                                   decision::closed_here,
                                   {},
                                   "DISABLED"},
                                  {"not of that age", date(1944, 1, 1), date(2019, 10, 14), centre,
                                   decision::not_yet, date(2019, 10, 15), "DISABLED"},
                                  {"an open phase for another age",
                                   date(1944, 1, 1),
                                   date(2019, 10, 24),
                                   centre,
                                   decision::eligible,
                                   {},
                                   "DISABLED"},
                              });
}

BOOST_AUTO_TEST_CASE(who_pays_is_said_by_the_window_that_is_used) {
    const programme p = season_2019_20();
    const exception_kind* disabled = find_exception(p, "DISABLED");
    const auto by = [&](civil_day birth, const exception_kind* exception) {
        return evaluate(p, birth, date(2019, 10, 24), centre, exception, {}).funding;
    };
    BOOST_CHECK(by(date(1990, 1, 1), disabled) == funding::local);
    BOOST_CHECK(by(date(1944, 1, 1), disabled) == funding::national);
    BOOST_CHECK(by(date(1990, 1, 1), nullptr) == funding::national);
}

BOOST_AUTO_TEST_CASE(of_several_open_phases_the_highest_priority_pays) {
    programme p = open_season("P", date(2020, 10, 1), date(2020, 12, 31));
    phase county = p.phases.front();
    county.funding = funding::local;
    county.closes = date(2020, 10, 31);
    county.priority = 7;
    p.phases.push_back(county);
    const auto on = [&](civil_day day) { return evaluate(p, anyone, day, clinic, nullptr, {}); };
    BOOST_CHECK(on(date(2020, 10, 31)).funding == funding::local);
    BOOST_CHECK(on(date(2020, 10, 31)).closes == date(2020, 10, 31));
    BOOST_CHECK(on(date(2020, 11, 1)).funding == funding::national);
    BOOST_CHECK(on(date(2020, 11, 1)).closes == date(2020, 12, 31));
    std::swap(p.phases[0], p.phases[1]);
    BOOST_CHECK(on(date(2020, 10, 31)).funding == funding::local);
}

BOOST_AUTO_TEST_CASE(the_last_day_is_told_where_it_is_known) {
    const programme p = season_2016_17();
    const auto closes = [&](civil_day birth, civil_day day, facility_kind where) {
        return evaluate(p, birth, day, where, nullptr, {}).closes;
    };
    BOOST_CHECK(closes(date(1941, 1, 1), date(2016, 10, 4), clinic) == date(2016, 11, 15));
    BOOST_CHECK(closes(date(1941, 1, 1), date(2016, 11, 20), clinic) == date(2016, 11, 15));
    BOOST_CHECK(closes(date(1941, 1, 1), date(2016, 11, 20), centre) == date(2017, 4, 30));
    BOOST_CHECK(closes(date(1952, 1, 1), date(2016, 11, 20), centre) == std::nullopt);
}

BOOST_AUTO_TEST_SUITE_END()
