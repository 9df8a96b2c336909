#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_hold_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

struct two_clinics : desk {
    programme_number season = define(season_2016_17());
    clinic_number a = open_clinic();
    clinic_number b = open_clinic();

    decision told(clinic_number clinic, std::uint64_t n) {
        return check(asking(clinic, n)).decision;
    }
};

}  // namespace

// The worked example: a hold by another clinic four minutes ago.
BOOST_FIXTURE_TEST_CASE(held_elsewhere_is_in_progress_elsewhere_and_since_when, two_clinics) {
    check(asking(b, 1));
    pass(4min);
    const check_answer answer = check(asking(a, 1));
    BOOST_CHECK(answer.decision == decision::in_progress_elsewhere);
    BOOST_REQUIRE(answer.held_minutes_ago);
    BOOST_TEST(*answer.held_minutes_ago == 4u);
    BOOST_CHECK(!answer.hold_until);
    BOOST_TEST(audit.back().hold_seconds == 0u);
    BOOST_CHECK(told(b, 1) == decision::eligible);  // its own hold is in nobody's way
}

BOOST_FIXTURE_TEST_CASE(of_64_clinics_at_once_exactly_one_is_eligible, two_clinics) {
    std::size_t eligible = 0;
    for (int i = 0; i < 64; ++i) {
        const decision d = told(open_clinic(), 1);
        eligible += d == decision::eligible ? 1 : 0;
        BOOST_CHECK(d == decision::eligible || d == decision::in_progress_elsewhere);
    }
    BOOST_TEST(eligible == 1u);
}

BOOST_FIXTURE_TEST_CASE(it_lasts_30_minutes_and_not_a_moment_longer, two_clinics) {
    check(asking(a, 1));
    pass(30min - 1ms);
    BOOST_CHECK(told(b, 1) == decision::in_progress_elsewhere);
    pass(1ms);
    BOOST_CHECK(told(b, 1) == decision::eligible);
    BOOST_CHECK(told(a, 1) == decision::in_progress_elsewhere);
}

BOOST_FIXTURE_TEST_CASE(its_clinic_renews_it, two_clinics) {
    check(asking(a, 1));
    pass(20min);
    BOOST_CHECK(check(asking(a, 1)).hold_until == now.recorded_at + 30min);
    pass(29min);
    BOOST_CHECK(told(b, 1) == decision::in_progress_elsewhere);
    pass(1min);
    BOOST_CHECK(told(b, 1) == decision::eligible);
    BOOST_TEST(state.clinics()[a].holds == 0u);
    BOOST_TEST(state.clinics()[b].holds == 1u);
}

BOOST_FIXTURE_TEST_CASE(any_registration_of_the_person_ends_it, two_clinics) {
    check(asking(a, 1));
    record(shot(b, 1));
    BOOST_TEST(state.holds() == 0u);
    BOOST_TEST(state.clinics()[a].holds == 0u);
    check(asking(a, 2));
    record(shot(a, 2));
    BOOST_TEST(state.holds() == 0u);
    BOOST_TEST(state.clinics()[a].holds == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_clinic_holds_so_many_and_not_one_more, two_clinics) {
    for (std::uint64_t n = 0; n < limits::holds_per_clinic_max; ++n) {
        BOOST_REQUIRE(check(asking(a, n)).hold_until);
    }
    const check_answer one_more = check(asking(a, 1'000));
    BOOST_CHECK(one_more.decision == decision::eligible);
    BOOST_CHECK(!one_more.hold_until);
    BOOST_TEST(audit.back().hold_seconds == 0u);
    BOOST_CHECK(told(b, 1'000) == decision::eligible);

    BOOST_CHECK(check(asking(a, 3)).hold_until);  // a renewal takes no more room
    record(shot(b, 3));
    BOOST_CHECK(check(asking(a, 1'001)).hold_until);  // the one that ended left room
    BOOST_TEST(state.clinics()[a].holds == limits::holds_per_clinic_max);
}

BOOST_FIXTURE_TEST_CASE(what_has_expired_leaves_room, two_clinics) {
    for (std::uint64_t n = 0; n < limits::holds_per_clinic_max; ++n) {
        check(asking(a, n));
        pass(1s);
    }
    pass(30min - 10s);  // 64 made a second apart: the first 55 are 30 minutes old
    state.expire_holds(now.steady);
    BOOST_TEST(state.holds() == 9u);
    BOOST_TEST(state.clinics()[a].holds == 9u);
    BOOST_CHECK(check(asking(a, 1'000)).hold_until);
}

BOOST_FIXTURE_TEST_CASE(programmes_hold_apart, two_clinics) {
    const programme_number other =
        define(open_season("COVID", date(2016, 10, 1), date(2016, 10, 31)));
    check(asking(a, 1));
    check_eligibility c = asking(b, 1);
    c.programme = other;
    BOOST_CHECK(check(c).decision == decision::eligible);
    BOOST_TEST(state.holds() == 2u);
    register_dose dose = shot(b, 1);
    dose.programme = other;
    record(std::move(dose));
    BOOST_TEST(state.holds() == 1u);
    BOOST_CHECK(told(b, 1) == decision::in_progress_elsewhere);
}

// The wall clock may stand still or jump; a hold does not mind.
BOOST_FIXTURE_TEST_CASE(holds_live_by_the_steady_clock, two_clinics) {
    check(asking(a, 1));
    now.recorded_at += 24h;
    BOOST_CHECK(told(b, 1) == decision::in_progress_elsewhere);
    now.steady += 30 * 60'000;
    BOOST_CHECK(told(b, 1) == decision::eligible);
}

BOOST_FIXTURE_TEST_CASE(they_outlive_a_restart_by_their_audit_records, two_clinics) {
    const steady_ms began = now.steady;
    check(asking(a, 1));
    pass(1min);
    check(asking(a, 2));
    pass(1min);
    record(shot(b, 2));
    pass(1min);
    check(asking(b, 3));

    registry again;
    for (std::size_t i = 0; i < events.size(); ++i) {
        again.apply(events[i], i + 1);
    }
    const std::array<steady_ms, 4> made{began, began + 60'000, began + 120'000, began + 180'000};
    for (std::size_t i = 0; i < audit.size(); ++i) {
        again.restore_hold(audit[i], made[i]);
    }
    BOOST_TEST(again.holds() == 2u);
    BOOST_TEST(again.clinics()[a].holds == 1u);
    decided into;
    const auto asked = [&](clinic_number clinic, std::uint64_t n, std::chrono::milliseconds later) {
        const moment at{now.recorded_at, began + later.count()};
        return std::get<check_answer>(again.decide(asking(clinic, n), at, seq() + 1, into))
            .decision;
    };
    BOOST_CHECK(asked(b, 1, 30min - 1ms) == decision::in_progress_elsewhere);
    BOOST_CHECK(asked(b, 1, 30min) == decision::eligible);
    BOOST_CHECK(asked(a, 2, 5min) == decision::already_vaccinated);
    BOOST_CHECK(asked(a, 3, 32min) == decision::in_progress_elsewhere);
}

BOOST_AUTO_TEST_SUITE_END()
