#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_check_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

// The season of 2016-17 on its first day: two clinics and a health centre of another county.
struct first_day : desk {
    programme_number season = define(season_2016_17());
    clinic_number a = open_clinic();
    clinic_number b = open_clinic(facility_kind::clinic, 26'110);
    clinic_number centre = open_clinic(facility_kind::health_centre, 26'110);
};

constexpr civil_day born_1942 = date(1942, 1, 1);

}  // namespace

BOOST_FIXTURE_TEST_CASE(who_may_is_eligible_and_held_for_half_an_hour, first_day) {
    const check_answer answer = check(asking(a, 1));
    BOOST_CHECK(answer.decision == decision::eligible);
    BOOST_TEST(answer.programme == season);
    BOOST_CHECK(answer.closes == date(2016, 11, 15));
    BOOST_CHECK(answer.hold_until == now.recorded_at + 30min);
    BOOST_CHECK(!answer.opens);
    BOOST_CHECK(!answer.last_dose);
    BOOST_TEST(state.holds() == 1u);
    BOOST_TEST(seq() == 4u);  // a check is no event
}

BOOST_FIXTURE_TEST_CASE(a_check_is_audited_with_all_that_the_law_asks, first_day) {
    check_eligibility c = asking(a, 1);
    c.by.device = 7;
    c.by.user = user_code{"KIM-1"};
    c.by.address[15] = std::byte{9};
    check(c);
    BOOST_REQUIRE(audit.size() == 1u);
    BOOST_CHECK(audit[0].action == audit_action::checked);
    BOOST_CHECK(audit[0].decision == decision::eligible);
    BOOST_CHECK(audit[0].at == now.recorded_at);
    BOOST_TEST(audit[0].by.clinic == a);
    BOOST_TEST(audit[0].by.device == 7u);
    BOOST_TEST(audit[0].by.user.view() == "KIM-1");
    BOOST_CHECK(audit[0].by.address == c.by.address);
    BOOST_CHECK(audit[0].person == person(1));
    BOOST_TEST(audit[0].programme == season);
    BOOST_TEST(audit[0].hold_seconds == 1'800u);
}

BOOST_FIXTURE_TEST_CASE(each_no_is_told_and_holds_nobody, first_day) {
    check_eligibility unknown_kind = asking(a, 1);
    unknown_kind.exception = exception_text{"HEADACHE"};
    const refusal no = refused(unknown_kind);
    BOOST_CHECK(no.code == errc::bad_field);
    BOOST_TEST(no.field == "exception");
    BOOST_TEST(audit.empty());

    BOOST_CHECK(check(asking(a, 2, born_1942)).decision == decision::not_yet);
    BOOST_CHECK(check(asking(a, 2, born_1942)).opens == date(2016, 10, 10));
    BOOST_CHECK(check(asking(a, 3, date(1952, 1, 1))).decision == decision::not_eligible_age);
    record(shot(a, 4));
    BOOST_CHECK(check(asking(b, 4)).decision == decision::already_vaccinated);
    go_to(date(2016, 11, 20));
    BOOST_CHECK(check(asking(a, 5)).decision == decision::closed_here);
    BOOST_TEST(state.holds() == 0u);
    for (const audit_record& record : audit) {
        BOOST_TEST(record.hold_seconds == 0u);
    }
    BOOST_CHECK(check(asking(centre, 5)).decision == decision::eligible);
    BOOST_TEST(state.holds() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_exception_makes_eligible_by_exception_and_holds, first_day) {
    check_eligibility c = asking(a, 1, born_1942);
    c.exception = exception_text{"UNDERLYING_DISEASE"};
    const check_answer answer = check(c);
    BOOST_CHECK(answer.decision == decision::eligible_exception);
    BOOST_CHECK(answer.hold_until == now.recorded_at + 30min);
}

BOOST_FIXTURE_TEST_CASE(
    evidence_is_asked_for_where_the_exception_is_what_opens_and_has_to_be_proven, first_day) {
    check_eligibility c = asking(a, 1, born_1942);
    BOOST_TEST(!check(c).evidence_required);
    c.exception = exception_text{"UNDERLYING_DISEASE"};
    BOOST_TEST(check(c).evidence_required);
    c.by.clinic = b;  // while another clinic holds the person, too
    BOOST_CHECK(check(c).decision == decision::in_progress_elsewhere);
    BOOST_TEST(check(c).evidence_required);
    c.birth = date(1952, 1, 1);  // of no phase, nor the exception's
    BOOST_TEST(!check(c).evidence_required);
    programme p = season_2016_17();
    p.exceptions[0].evidence_required = false;
    define(p);
    BOOST_TEST(!check(asking(a, 2, born_1942)).evidence_required);
    c.birth = born_1942;
    BOOST_TEST(!check(c).evidence_required);
}

BOOST_FIXTURE_TEST_CASE(a_dose_elsewhere_is_told_by_day_and_county_alone, first_day) {
    go_to(date(2016, 10, 5));
    record(shot(b, 1));
    go_to(date(2016, 10, 12));
    const check_answer answer = check(asking(a, 1));
    BOOST_CHECK(answer.decision == decision::already_vaccinated);
    BOOST_REQUIRE(answer.last_dose);
    BOOST_CHECK(answer.last_dose->day == date(2016, 10, 5));
    BOOST_TEST(answer.last_dose->region == 26'110u);
}

BOOST_FIXTURE_TEST_CASE(no_programme_is_the_open_one_of_highest_priority, first_day) {
    programme second = open_season("COVID", date(2016, 10, 1), date(2016, 10, 31));
    second.priority = 5;
    programme third = open_season("SPRING", date(2016, 1, 1), date(2016, 5, 31));
    third.priority = 9;
    const programme_number covid = define(second);
    const programme_number spring = define(third);
    BOOST_TEST(check(asking(a, 1)).programme == covid);
    check_eligibility named = asking(a, 1);
    named.programme = spring;
    BOOST_CHECK(check(named).decision == decision::closed_here);
    go_to(date(2016, 11, 1));
    BOOST_TEST(check(asking(a, 1)).programme == season);
    named.programme = 3;
    BOOST_CHECK(refused(named).code == errc::bad_field);
    BOOST_TEST(refused(named).field == "programme");
}

BOOST_FIXTURE_TEST_CASE(programmes_know_a_person_apart, first_day) {
    const programme_number covid =
        define(open_season("COVID", date(2016, 10, 1), date(2016, 10, 31)));
    register_dose flu = shot(a, 1);
    flu.programme = season;
    record(std::move(flu));
    check_eligibility c = asking(b, 1);
    c.programme = covid;
    BOOST_CHECK(check(c).decision == decision::eligible);
    c.programme = season;
    BOOST_CHECK(check(c).decision == decision::already_vaccinated);
}

BOOST_FIXTURE_TEST_CASE(remaining_is_on_hand_and_suspense_of_the_programme_at_the_clinic,
                        first_day) {
    define(open_season("COVID", date(2016, 10, 1), date(2016, 10, 31)));
    bring_lot("F1");
    bring_lot("F2");
    bring_lot("C1", date(2017, 6, 30), false, "MRNA", "COVID");
    ship(a, "F1", 10);
    ship(a, "F2", 5, false);
    ship(a, "C1", 100);
    ship(b, "F1", 1'000);
    check_eligibility c = asking(a, 1);
    c.programme = season;
    BOOST_TEST(check(c).remaining == 10);
    register_dose negative = shot(a, 2);
    negative.programme = season;
    negative.lot = lot_text{"F2"};
    record(std::move(negative));
    BOOST_TEST(check(c).remaining == 9);
}

// Each interval a person waits between doses is told as a day to come back on.
BOOST_FIXTURE_TEST_CASE(the_last_dose_is_the_last_that_was_given, first_day) {
    const programme_number series =
        define(open_season("SERIES", date(2016, 1, 1), date(2016, 12, 31), {3, 28}));
    register_dose recent = shot(a, 1);
    recent.programme = series;
    record(std::move(recent));
    register_dose older = shot(b, 1);
    older.programme = series;
    older.key = key(2);
    older.occurred_at = date(2016, 8, 1) + 4h;
    record(std::move(older));

    check_eligibility c = asking(a, 1);
    c.programme = series;
    const check_answer answer = check(c);
    BOOST_REQUIRE(answer.last_dose);
    BOOST_CHECK(answer.last_dose->day == date(2016, 10, 4));
    BOOST_TEST(answer.last_dose->region == 11'500u);
    BOOST_CHECK(answer.decision == decision::not_yet);
    BOOST_CHECK(answer.opens == date(2016, 11, 1));
}

BOOST_AUTO_TEST_SUITE_END()
