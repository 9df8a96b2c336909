#include "tests/core/corrected_region.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_correct_time_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_CASE(another_time_is_judged_again, a_region) {
    go_to(date(2016, 10, 6));
    const dose_receipt given = shot_of_l1(1);
    const auto c = of(first, given.seq, 1);
    const correction_receipt late = correct(to_time(c, now.recorded_at - 24h, 1));
    BOOST_TEST(late.flags == flags({flag::late}));
    BOOST_CHECK(late.claim == claim_state::auto_ok);
    const auto d = of(first, given.seq, 2);
    const correction_receipt before_it = correct(to_time(d, now.recorded_at - 72h, 1));
    BOOST_TEST(before_it.flags == flags({flag::not_yet, flag::late}));
    BOOST_CHECK(before_it.claim == claim_state::review);
    BOOST_TEST(on_hand(first, l1) == 9);
    const auto e = of(first, given.seq, 3);
    BOOST_TEST(correct(to_time(e, now.recorded_at - 1h, 1)).flags == 0u);
}

// That it is missing speaks against the time, and is found again as long as it is.
BOOST_FIXTURE_TEST_CASE(evidence_is_missing_at_every_time_or_at_none, a_region) {
    go_to(date(2016, 10, 6));
    for (const bool evidence : {true, false}) {
        BOOST_TEST_CONTEXT("evidence " << evidence) {
            const std::uint64_t n = evidence ? 1 : 2;
            register_dose c = shot(first, n);
            c.lot = lot_text("L1");
            c.exception = exception_text("ILL");
            c.evidence = evidence;
            const dose_receipt given = record(std::move(c));
            const flag_set missing = evidence ? flag_set{0} : bit(flag::evidence_missing);
            BOOST_TEST(given.flags == missing);
            const auto moved = [&](version_number version, std::chrono::hours ago) {
                const auto how = of(first, given.seq, version);
                return correct(to_time(how, now.recorded_at - ago, n));
            };
            BOOST_TEST(moved(1, 24h).flags == (missing | bit(flag::late)));
            BOOST_TEST(moved(2, 72h).flags == flags({flag::not_yet, flag::late}));
            const correction_receipt back = moved(3, 1h);
            BOOST_TEST(back.flags == missing);
            BOOST_CHECK(back.claim == claim_state::review);
        }
    }
}

// What the rules said of the new time is what the next correction begins with.
BOOST_FIXTURE_TEST_CASE(another_lot_leaves_what_speaks_against_the_time, a_region) {
    const dose_receipt given = shot_of_l1(1);
    const auto c = to_time(of(first, given.seq, 1), now.recorded_at - 24h, 1);
    BOOST_CHECK(correct(c).claim == claim_state::review);
    const correction_receipt r = correct(to_lot(of(first, given.seq, 2), "L2"));
    BOOST_TEST(r.flags == flags({flag::not_yet, flag::late}));
    BOOST_CHECK(r.claim == claim_state::review);
}

BOOST_FIXTURE_TEST_CASE(another_time_leaves_what_speaks_against_the_vial, a_region) {
    const dose_receipt given = shot_of_l1(1);
    correct(to_lot(of(first, given.seq, 1), "NOBODYS"));
    go_to(date(2016, 10, 6));
    auto c = to_time(of(first, given.seq, 2), now.recorded_at - 49h, 1);
    c.reason = correction_reason::mistyped;
    BOOST_TEST(correct(c).flags == flags({flag::lot_unknown}));
}

BOOST_FIXTURE_TEST_CASE(the_time_between_two_doses_counts, a_region) {
    const programme_number series =
        define(open_season("SERIES", date(2016, 10, 1), date(2016, 12, 31), {2, 28}));
    bring_lot("S1", date(2017, 6, 30), false, "FLU4", "SERIES");
    ship(first, "S1", 5);
    const auto dose_of_series = [&](std::uint64_t its_key) {
        register_dose c = shot(first, 1);
        c.programme = series;
        c.key = key(its_key);
        return record(std::move(c));
    };
    const dose_receipt one = dose_of_series(1);
    go_to(date(2016, 11, 10));
    const dose_receipt two = dose_of_series(2);
    BOOST_TEST(two.flags == 0u);
    const auto too_soon = to_time(of(first, two.seq, 1), now.recorded_at - 24h * 20, 1);
    BOOST_TEST(correct(too_soon).flags == flags({flag::not_yet, flag::late}));
    // The first one has none before it.
    auto other = to_time(of(first, one.seq, 1), now.recorded_at - 24h * 38, 1);
    other.reason = correction_reason::found_later;
    BOOST_TEST(correct(other).flags == flags({flag::late}));
}

BOOST_FIXTURE_TEST_CASE(another_time_finds_its_lot_expired_or_not, a_region) {
    bring_lot("OLD", date(2016, 10, 5));
    ship(first, "OLD", 5);
    go_to(date(2016, 10, 7));
    register_dose given_late = shot(first, 1);
    given_late.lot = lot_text("OLD");
    given_late.occurred_at = now.recorded_at - 48h;
    const dose_receipt given = record(std::move(given_late));
    BOOST_TEST(given.flags == flags({flag::late}));
    auto c = to_time(of(first, given.seq, 1), now.recorded_at, 1);
    BOOST_CHECK(why_not(c) == errc::lot_expired);
    c.confirmed = confirm_expired;
    const correction_receipt r = correct(c);
    BOOST_TEST(r.flags == flags({flag::lot_expired}));
    BOOST_CHECK(r.claim == claim_state::review);
}

BOOST_FIXTURE_TEST_CASE(who_it_was_must_be_said_with_the_time, a_region) {
    const dose_receipt given = shot_of_l1(1);
    auto c = of(first, given.seq);
    c.occurred_at = now.recorded_at - 1h;
    const refusal nobody = refused(command{c});
    BOOST_CHECK(nobody.code == errc::person_needed);
    BOOST_TEST(nobody.field == "national_id");
    const refusal other = refused(command{to_time(c, now.recorded_at - 1h, 2)});
    BOOST_CHECK(other.code == errc::other_person);
    BOOST_TEST(other.field == "national_id");
}

BOOST_FIXTURE_TEST_CASE(a_shot_was_given_before_it_was_registered, a_region) {
    const dose_receipt given = shot_of_l1(1);
    const auto c = of(first, given.seq);
    const instant recorded = now.recorded_at;
    BOOST_CHECK(why_not(to_time(c, recorded + 5min + 1ms, 1)) == errc::future_date);
    pass(1h);
    BOOST_CHECK(why_not(to_time(c, recorded + 5min + 1ms, 1)) == errc::after_recording);
    BOOST_TEST(correct(to_time(c, recorded + 5min, 1)).version == 2u);
}

BOOST_FIXTURE_TEST_CASE(the_first_recorded_stays_the_payable_one, a_region) {
    const dose_receipt one = shot_of_l1(1);
    register_dose again = shot(second, 1);
    again.key = key(2);
    const dose_receipt two = record(std::move(again));
    BOOST_TEST(two.flags == flags({flag::already_vaccinated}));
    // Earlier than the first, by its time.
    const auto c = to_time(of(second, two.seq), now.recorded_at - 3h, 1);
    const correction_receipt r = correct(c);
    BOOST_TEST(r.flags == flags({flag::already_vaccinated}));
    BOOST_CHECK(r.claim == claim_state::not_payable);
    BOOST_CHECK(look(first, one.seq).dose.claim == claim_state::auto_ok);
    // Its turn comes by a void, with what the correction left it.
    const void_receipt v = ask<void_receipt>(command{taking_back(first, one.seq)});
    BOOST_REQUIRE(v.successor.has_value());
    BOOST_CHECK(v.successor->claim == claim_state::auto_ok);
    BOOST_TEST(look(second, two.seq).dose.flags == 0u);
    BOOST_TEST(look(second, two.seq).version() == 3u);
}

BOOST_FIXTURE_TEST_CASE(the_last_dose_told_follows_the_time, a_region) {
    go_to(date(2016, 10, 10));
    register_dose earlier = shot(first, 1);
    earlier.occurred_at = now.recorded_at - 48h;
    const dose_receipt one = record(std::move(earlier));
    register_dose later = shot(far_clinic, 1);
    later.key = key(2);
    later.occurred_at = now.recorded_at - 24h;
    record(std::move(later));
    BOOST_TEST(check(asking(first, 1)).last_dose->region == 11'680u);
    correct(to_time(of(first, one.seq), now.recorded_at, 1));
    BOOST_TEST(check(asking(first, 1)).last_dose->region == 11'500u);
    BOOST_CHECK(check(asking(first, 1)).last_dose->day == date(2016, 10, 10));
    correct(to_time(of(first, one.seq, 2), now.recorded_at - 72h, 1));
    BOOST_TEST(check(asking(first, 1)).last_dose->region == 11'680u);
    BOOST_CHECK(check(asking(first, 1)).last_dose->day == date(2016, 10, 9));
}

BOOST_AUTO_TEST_SUITE_END()
