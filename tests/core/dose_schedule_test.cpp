#include "core/eligibility.hpp"
#include "tests/core/seasons.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(dose_schedule_test)

using namespace doseline::core;
using doseline::test::anyone;
using doseline::test::date;
using doseline::test::everywhere;
using doseline::test::open_season;

namespace {

constexpr auto clinic = facility_kind::clinic;

// Three doses, four weeks apart at least, from 1 March to 30 November.
programme three_doses() {
    return open_season("COVID", date(2021, 3, 1), date(2021, 11, 30), {3, 28});
}

eligibility on(const programme& p, civil_day day, dose_history history,
               const exception_kind* exception = nullptr) {
    return evaluate(p, anyone, day, clinic, exception, history);
}

}  // namespace

BOOST_AUTO_TEST_CASE(between_doses_a_person_waits_for_the_interval) {
    const programme p = three_doses();
    const dose_history one{1, date(2021, 4, 1)};
    for (const civil_day day : {date(2021, 4, 1), date(2021, 4, 2), date(2021, 4, 28)}) {
        BOOST_TEST_CONTEXT(format_day(day)) {
            BOOST_CHECK(on(p, day, one).decision == decision::not_yet);
            BOOST_CHECK(on(p, day, one).opens == date(2021, 4, 29));
        }
    }
    BOOST_CHECK(on(p, date(2021, 4, 29), one).decision == decision::eligible);
    BOOST_CHECK(on(p, date(2021, 4, 29), one).opens == std::nullopt);
}

BOOST_AUTO_TEST_CASE(only_the_last_dose_of_the_schedule_ends_it) {
    const programme p = three_doses();
    BOOST_CHECK(on(p, date(2021, 6, 1), {2, date(2021, 4, 29)}).decision == decision::eligible);
    BOOST_CHECK(on(p, date(2021, 6, 1), {3, date(2021, 4, 29)}).decision ==
                decision::already_vaccinated);
    BOOST_CHECK(on(p, date(2021, 6, 1), {255, date(2021, 4, 29)}).decision ==
                decision::already_vaccinated);
}

BOOST_AUTO_TEST_CASE(no_interval_is_no_wait) {
    const programme p = open_season("TWO", date(2021, 3, 1), date(2021, 11, 30), {2, 0});
    BOOST_CHECK(on(p, date(2021, 4, 1), {1, date(2021, 4, 1)}).decision == decision::eligible);
}

BOOST_AUTO_TEST_CASE(the_interval_passes_over_the_end_of_a_leap_february) {
    const programme p = open_season("LEAP", date(2020, 1, 1), date(2020, 12, 31), {2, 28});
    const dose_history one{1, date(2020, 2, 10)};
    BOOST_CHECK(on(p, date(2020, 3, 8), one).opens == date(2020, 3, 9));
    BOOST_CHECK(on(p, date(2020, 3, 9), one).decision == decision::eligible);
}

// A phase that opens after the interval is over is when the person may come.
BOOST_AUTO_TEST_CASE(the_day_told_is_one_on_which_the_person_may_come) {
    const programme p = three_doses();
    const dose_history early{1, date(2021, 1, 20)};
    BOOST_CHECK(on(p, date(2021, 1, 25), early).decision == decision::not_yet);
    BOOST_CHECK(on(p, date(2021, 1, 25), early).opens == date(2021, 3, 1));
    BOOST_CHECK(on(p, date(2021, 2, 20), early).opens == date(2021, 3, 1));
    BOOST_CHECK(on(p, date(2021, 3, 1), early).decision == decision::eligible);
}

// The interval ends when nothing is open here any more: there is no day to tell.
BOOST_AUTO_TEST_CASE(no_day_is_told_when_there_is_none) {
    const programme p = three_doses();
    const dose_history late{1, date(2021, 11, 10)};
    BOOST_CHECK(on(p, date(2021, 11, 20), late).decision == decision::not_yet);
    BOOST_CHECK(on(p, date(2021, 11, 20), late).opens == std::nullopt);
    BOOST_CHECK(on(p, date(2021, 12, 8), late).decision == decision::closed_here);
}

BOOST_AUTO_TEST_CASE(an_exception_shortens_no_interval) {
    programme p = three_doses();
    p.exceptions = {{"WARD",
                     {anyone, date(2100, 1, 1), date(2021, 1, 1), date(2021, 12, 31), everywhere,
                      funding::national, 0},
                     true}};
    const exception_kind* ward = find_exception(p, "WARD");
    const dose_history one{1, date(2021, 1, 4)};
    BOOST_CHECK(on(p, date(2021, 1, 31), one, ward).decision == decision::not_yet);
    BOOST_CHECK(on(p, date(2021, 1, 31), one, ward).opens == date(2021, 2, 1));
    BOOST_CHECK(on(p, date(2021, 2, 1), one, ward).decision == decision::eligible_exception);
}

BOOST_AUTO_TEST_SUITE_END()
