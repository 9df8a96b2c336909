#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

// Two clinics of one region and its health centre, a clinic and a centre of another.
struct a_region : desk {
    a_region() {
        auto p = open_season("2016-17", date(2016, 10, 4), date(2016, 11, 30));
        p.exceptions = {{"ILL", p.phases.front(), true}};
        define(p);
        first = open_clinic();
        second = open_clinic();
        centre = open_clinic(facility_kind::health_centre);
        far_clinic = open_clinic(facility_kind::clinic, 11'680);
        far_centre = open_clinic(facility_kind::health_centre, 11'680);
        l1 = bring_lot("L1");
        l2 = bring_lot("L2");
        ship(first, "L1", 10);
        ship(first, "L2", 10);
        ship(second, "L1", 10);
    }

    // The registration of that number, otherwise.
    static correct_registration of(clinic_number clinic, sequence seq,
                                   version_number version = any_version) {
        correct_registration c;
        c.by.clinic = clinic;
        c.seq = seq;
        c.version = version;
        c.content = content(seq * 100 + version);
        return c;
    }
    static correct_registration to_lot(correct_registration c, std::string_view lot) {
        c.lot = lot_text(lot);
        return c;
    }
    static correct_registration to_time(correct_registration c, instant at, std::uint64_t n) {
        c.occurred_at = at;
        c.person = person(n);
        c.birth = date(1841, 7, 2);
        return c;
    }
    correction_receipt correct(const correct_registration& c) {
        return ask<correction_receipt>(command{c});
    }
    errc why_not(const correct_registration& c) { return refused(command{c}).code; }
    dose_receipt shot_of_l1(std::uint64_t n) {
        register_dose c = shot(first, n);
        c.lot = lot_text("L1");
        return record(std::move(c));
    }
    const registration_history& look(clinic_number clinic, sequence seq) {
        view_registration c;
        c.by.clinic = clinic;
        c.seq = seq;
        seen_ = ask<registration_view>(command{c}).registration;
        return *seen_;
    }
    std::int32_t on_hand(clinic_number clinic, lot_number lot) {
        return stock(clinic, lot).at(0).on_hand;
    }

    clinic_number first = 0;
    clinic_number second = 0;
    clinic_number centre = 0;
    clinic_number far_clinic = 0;
    clinic_number far_centre = 0;
    lot_number l1 = 0;
    lot_number l2 = 0;

private:
    std::shared_ptr<const registration_history> seen_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registry_correct_test, a_region)

BOOST_AUTO_TEST_CASE(another_lot_gives_the_dose_back_and_takes_one_there) {
    const dose_receipt given = shot_of_l1(1);
    BOOST_TEST(given.remaining == 19);
    const sequence before = seq();
    const correction_receipt r = correct(to_lot(of(first, given.seq, 1), "l2"));
    BOOST_TEST(seq() == before + 1);
    BOOST_TEST(r.remaining == 19);
    BOOST_TEST(r.version == 2u);
    BOOST_TEST(r.flags == 0u);
    BOOST_CHECK(r.claim == claim_state::auto_ok);
    BOOST_TEST(on_hand(first, l1) == 10);
    BOOST_TEST(on_hand(first, l2) == 9);
    BOOST_TEST(state.lots()[l1].nation[place::person] == 0);
    BOOST_TEST(state.lots()[l2].nation[place::person] == 1);
    const registration_history& seen = look(first, given.seq);
    BOOST_TEST(seen.dose.lot == l2);
    BOOST_TEST(seen.recorded.lot == l1);
    BOOST_TEST(seen.version() == 2u);
    BOOST_CHECK(seen.state == registration_state::corrected);
}

BOOST_AUTO_TEST_CASE(a_lot_that_nobody_knows_stands_in_suspense) {
    const dose_receipt given = shot_of_l1(1);
    const correction_receipt r = correct(to_lot(of(first, given.seq), "NOBODYS"));
    BOOST_TEST(r.flags == flags({flag::lot_unknown}));
    BOOST_TEST(r.remaining == 19);
    BOOST_TEST(on_hand(first, l1) == 10);
    const lot_number noted = std::get<dose_corrected>(events.back()).after.lot;
    BOOST_TEST(state.lots()[noted].lot.view() == "NOBODYS");
    BOOST_TEST(stock(first, noted).at(0).suspense == -1);
}

BOOST_AUTO_TEST_CASE(what_was_in_suspense_goes_back_there) {
    register_dose c = shot(first, 1);
    c.lot = lot_text("NOBODYS");
    const dose_receipt given = record(std::move(c));
    BOOST_TEST(given.flags == flags({flag::lot_unknown}));
    const lot_number noted = dose(given.seq).lot;
    const correction_receipt r = correct(to_lot(of(first, given.seq), "L2"));
    BOOST_TEST(r.flags == 0u);
    BOOST_TEST(stock(first, noted).at(0).suspense == 0);
    BOOST_TEST(on_hand(first, l2) == 9);
    BOOST_TEST(r.remaining == 19);
}

BOOST_AUTO_TEST_CASE(a_lot_that_is_not_on_hand_is_taken_all_the_same) {
    register_dose c = shot(second, 1);
    const dose_receipt given = record(std::move(c));
    const correction_receipt r = correct(to_lot(of(second, given.seq), "L2"));
    BOOST_TEST(r.flags == flags({flag::stock_negative}));
    BOOST_TEST(stock(second, l2).at(0).suspense == -1);
    BOOST_TEST(on_hand(second, l1) == 10);
}

BOOST_AUTO_TEST_CASE(an_expired_or_recalled_lot_is_asked_about) {
    bring_lot("OLD", date(2016, 10, 3));
    bring_lot("BAD", date(2017, 6, 30), true);
    ship(first, "OLD", 5);
    ship(first, "BAD", 5);
    const dose_receipt given = shot_of_l1(1);
    const sequence before = seq();
    const refusal old = refused(command{to_lot(of(first, given.seq), "OLD")});
    BOOST_CHECK(old.code == errc::lot_expired);
    BOOST_TEST(old.confirm == confirm_expired);
    BOOST_CHECK(why_not(to_lot(of(first, given.seq), "BAD")) == errc::lot_recalled);
    BOOST_TEST(seq() == before);
    auto sure = to_lot(of(first, given.seq), "OLD");
    sure.confirmed = confirm_expired;
    const correction_receipt r = correct(sure);
    BOOST_TEST(r.flags == flags({flag::lot_expired}));
    BOOST_CHECK(r.claim == claim_state::review);
    BOOST_TEST(look(first, given.seq).dose.confirmed);
    // And back: nothing of it stays.
    const correction_receipt back = correct(to_lot(of(first, given.seq, 2), "L1"));
    BOOST_TEST(back.flags == 0u);
    BOOST_CHECK(back.claim == claim_state::auto_ok);
}

BOOST_AUTO_TEST_CASE(private_and_back_follows_stock_and_claim) {
    const dose_receipt given = shot_of_l1(1);
    correct_registration c = of(first, given.seq);
    c.funding = funding::private_pay;
    const correction_receipt r = correct(c);
    BOOST_CHECK(r.claim == claim_state::not_payable);
    BOOST_TEST(r.remaining == 20);
    BOOST_TEST(on_hand(first, l1) == 10);
    BOOST_TEST(look(first, given.seq).dose.lot == l1);
    c = of(first, given.seq, 2);
    c.funding = funding::national;
    const correction_receipt back = correct(c);
    BOOST_CHECK(back.claim == claim_state::auto_ok);
    BOOST_TEST(back.remaining == 19);
    BOOST_TEST(on_hand(first, l1) == 9);
    BOOST_TEST(state.lots()[l1].nation[place::private_stock] == 0);
}

BOOST_AUTO_TEST_CASE(particulars_alone_move_no_stock) {
    const dose_receipt given = shot_of_l1(1);
    const stock_row before = stock(first, l1).at(0);
    pass(1min);
    correct_registration c = of(first, given.seq);
    c.site = body_site::right_arm;
    c.route = route::subcutaneous;
    c.dose_ml_hundredths = 25;
    const correction_receipt r = correct(c);
    BOOST_TEST(r.remaining == given.remaining);
    BOOST_CHECK(stock(first, l1).at(0) == before);
    const dose_registered& seen = look(first, given.seq).dose;
    BOOST_CHECK(seen.site == body_site::right_arm);
    BOOST_CHECK(seen.route == route::subcutaneous);
    BOOST_TEST(seen.dose_ml_hundredths == 25);
}

BOOST_AUTO_TEST_CASE(a_correction_to_what_is_so_already_is_refused) {
    const dose_receipt given = shot_of_l1(1);
    BOOST_CHECK(why_not(of(first, given.seq)) == errc::nothing_changed);
    correct_registration c = to_lot(of(first, given.seq), "l1");
    c.product = product_text("FLU4");
    c.funding = funding::national;
    c.dose_ml_hundredths = 50;
    BOOST_CHECK(why_not(to_time(c, now.recorded_at, 1)) == errc::nothing_changed);
    BOOST_TEST(look(first, given.seq).version() == 1u);
}

BOOST_AUTO_TEST_CASE(another_time_is_judged_again) {
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

// What the rules said of the new time is what the next correction begins with.
BOOST_AUTO_TEST_CASE(another_lot_leaves_what_speaks_against_the_time) {
    const dose_receipt given = shot_of_l1(1);
    const auto c = to_time(of(first, given.seq, 1), now.recorded_at - 24h, 1);
    BOOST_CHECK(correct(c).claim == claim_state::review);
    const correction_receipt r = correct(to_lot(of(first, given.seq, 2), "L2"));
    BOOST_TEST(r.flags == flags({flag::not_yet, flag::late}));
    BOOST_CHECK(r.claim == claim_state::review);
}

BOOST_AUTO_TEST_CASE(another_time_leaves_what_speaks_against_the_vial) {
    const dose_receipt given = shot_of_l1(1);
    correct(to_lot(of(first, given.seq, 1), "NOBODYS"));
    go_to(date(2016, 10, 6));
    auto c = to_time(of(first, given.seq, 2), now.recorded_at - 49h, 1);
    c.reason = correction_reason::mistyped;
    BOOST_TEST(correct(c).flags == flags({flag::lot_unknown}));
}

BOOST_AUTO_TEST_CASE(the_time_between_two_doses_counts) {
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

BOOST_AUTO_TEST_CASE(another_time_finds_its_lot_expired_or_not) {
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

BOOST_AUTO_TEST_CASE(who_it_was_must_be_said_with_the_time) {
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

BOOST_AUTO_TEST_CASE(a_shot_was_given_before_it_was_registered) {
    const dose_receipt given = shot_of_l1(1);
    const auto c = of(first, given.seq);
    const instant recorded = now.recorded_at;
    BOOST_CHECK(why_not(to_time(c, recorded + 5min + 1ms, 1)) == errc::future_date);
    pass(1h);
    BOOST_CHECK(why_not(to_time(c, recorded + 5min + 1ms, 1)) == errc::after_recording);
    BOOST_TEST(correct(to_time(c, recorded + 5min, 1)).version == 2u);
}

BOOST_AUTO_TEST_CASE(the_first_recorded_stays_the_payable_one) {
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

BOOST_AUTO_TEST_CASE(the_last_dose_told_follows_the_time) {
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

BOOST_AUTO_TEST_CASE(a_void_reverses_what_the_correction_left) {
    const dose_receipt given = shot_of_l1(1);
    correct(to_lot(of(first, given.seq), "L2"));
    const void_receipt r = ask<void_receipt>(command{taking_back(first, given.seq, 2)});
    BOOST_TEST(r.version == 3u);
    BOOST_TEST(r.remaining == 20);
    BOOST_TEST(on_hand(first, l1) == 10);
    BOOST_TEST(on_hand(first, l2) == 10);
    BOOST_CHECK(why_not(to_lot(of(first, given.seq, 3), "L1")) == errc::version_conflict);
}

BOOST_AUTO_TEST_CASE(a_later_day_needs_a_reason) {
    const dose_receipt given = shot_of_l1(1);
    go_to(date(2016, 10, 5));
    auto c = to_lot(of(first, given.seq), "L2");
    const refusal why = refused(command{c});
    BOOST_CHECK(why.code == errc::reason_missing);
    BOOST_TEST(why.field == "reason");
    c.reason = correction_reason::found_later;
    BOOST_CHECK(correct(c).reason == correction_reason::found_later);
}

BOOST_AUTO_TEST_CASE(the_version_must_be_the_one_that_was_seen) {
    const dose_receipt given = shot_of_l1(1);
    BOOST_CHECK(why_not(to_lot(of(first, given.seq, 2), "L2")) == errc::version_conflict);
    correct(to_lot(of(first, given.seq, 1), "L2"));
    auto other = to_lot(of(first, given.seq, 1), "L1");
    other.content = content(1);
    BOOST_CHECK(why_not(other) == errc::version_conflict);
}

BOOST_AUTO_TEST_CASE(the_same_correction_again_gets_the_same_answer_and_does_nothing) {
    const dose_receipt given = shot_of_l1(1);
    auto c = to_lot(of(first, given.seq, 1), "L2");
    const correction_receipt once = correct(c);
    shot_of_l1(2);
    const sequence until = seq();
    for (const version_number version : {any_version, version_number{1}, version_number{2}}) {
        c.version = version;
        const correction_receipt again = correct(c);
        BOOST_TEST(again.replayed);
        BOOST_TEST(again.seq == once.seq);
        BOOST_TEST(again.version == once.version);
        BOOST_TEST(again.remaining == once.remaining);
    }
    BOOST_TEST(seq() == until);
    // Changed since: who found version 1 is still told what became of it, who wants it anew is not.
    correct(to_lot(of(first, given.seq, 2), "L1"));
    c.version = 1;
    BOOST_TEST(correct(c).replayed);
    c.version = 2;
    BOOST_CHECK(why_not(c) == errc::version_conflict);
    c.version = 3;
    BOOST_TEST(correct(c).version == 4u);
}

BOOST_AUTO_TEST_CASE(the_health_centre_of_the_region_acts_for_its_clinics) {
    const dose_receipt given = shot_of_l1(1);
    auto c = to_lot(of(centre, given.seq, 1), "L2");
    BOOST_CHECK(why_not(c) == errc::reason_missing);  // on the same day, too
    c.reason = correction_reason::mistyped;
    const correction_receipt r = correct(c);
    BOOST_TEST(r.clinic == first);
    BOOST_TEST(on_hand(first, l2) == 9);
    const amendment& change = *amendment_of(events.back());
    BOOST_TEST(change.clinic == first);
    BOOST_TEST(change.acting == centre);
    BOOST_TEST(state.clinics()[first].last_event == seq());
    BOOST_CHECK(audit.back().action == audit_action::corrected);
    BOOST_TEST(audit.back().by.clinic == centre);
    BOOST_TEST(look(centre, given.seq).version() == 2u);
    const void_receipt v = ask<void_receipt>(command{taking_back(centre, given.seq, 2)});
    BOOST_TEST(v.clinic == first);
    BOOST_TEST(amendment_of(events.back())->acting == centre);
    BOOST_TEST(on_hand(first, l2) == 10);
}

BOOST_AUTO_TEST_CASE(nobody_else_finds_it) {
    const dose_receipt given = shot_of_l1(1);
    register_dose at_centre = shot(centre, 2);
    const dose_receipt centres = record(std::move(at_centre));
    const std::size_t audited = audit.size();
    for (const clinic_number other : {second, far_clinic, far_centre}) {
        auto c = to_lot(of(other, given.seq), "L2");
        c.reason = correction_reason::other;
        BOOST_CHECK(why_not(c) == errc::not_found);
        BOOST_CHECK(refused(command{taking_back(other, given.seq)}).code == errc::not_found);
    }
    // Neither a clinic what is its health centre's.
    BOOST_CHECK(refused(command{taking_back(first, centres.seq)}).code == errc::not_found);
    BOOST_TEST(audit.size() == audited);
}

BOOST_AUTO_TEST_CASE(who_corrected_whose_dose_is_audited) {
    const dose_receipt given = shot_of_l1(1);
    const correction_receipt r = correct(to_lot(of(first, given.seq), "L2"));
    BOOST_CHECK(audit.back().action == audit_action::corrected);
    BOOST_CHECK(audit.back().person == person(1));
    BOOST_TEST(audit.back().subject == r.seq);
}

BOOST_AUTO_TEST_CASE(the_tally_of_doses_stays) {
    const dose_receipt given = shot_of_l1(1);
    pass(2h);
    correct(to_time(of(first, given.seq), now.recorded_at - 4h, 1));
    clinic_tally tally;
    shown.read_tally(first, tally);
    BOOST_TEST(tally.doses == 1u);
    BOOST_TEST(tally.by_hour[13] == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
