#include "tests/core/corrected_region.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_correct_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_CASE(another_lot_gives_the_dose_back_and_takes_one_there, a_region) {
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

BOOST_FIXTURE_TEST_CASE(a_lot_that_nobody_knows_stands_in_suspense, a_region) {
    const dose_receipt given = shot_of_l1(1);
    const correction_receipt r = correct(to_lot(of(first, given.seq), "NOBODYS"));
    BOOST_TEST(r.flags == flags({flag::lot_unknown}));
    BOOST_TEST(r.remaining == 19);
    BOOST_TEST(on_hand(first, l1) == 10);
    const lot_number noted = std::get<dose_corrected>(events.back()).after.lot;
    BOOST_TEST(state.lots()[noted].lot.view() == "NOBODYS");
    BOOST_TEST(stock(first, noted).at(0).suspense == -1);
}

BOOST_FIXTURE_TEST_CASE(what_was_in_suspense_goes_back_there, a_region) {
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

BOOST_FIXTURE_TEST_CASE(a_lot_that_is_not_on_hand_is_taken_all_the_same, a_region) {
    register_dose c = shot(second, 1);
    const dose_receipt given = record(std::move(c));
    const correction_receipt r = correct(to_lot(of(second, given.seq), "L2"));
    BOOST_TEST(r.flags == flags({flag::stock_negative}));
    BOOST_TEST(stock(second, l2).at(0).suspense == -1);
    BOOST_TEST(on_hand(second, l1) == 10);
}

BOOST_FIXTURE_TEST_CASE(an_expired_or_recalled_lot_is_asked_about, a_region) {
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

BOOST_FIXTURE_TEST_CASE(private_and_back_follows_stock_and_claim, a_region) {
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

BOOST_FIXTURE_TEST_CASE(particulars_alone_move_no_stock, a_region) {
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

BOOST_FIXTURE_TEST_CASE(a_correction_to_what_is_so_already_is_refused, a_region) {
    const dose_receipt given = shot_of_l1(1);
    BOOST_CHECK(why_not(of(first, given.seq)) == errc::nothing_changed);
    correct_registration c = to_lot(of(first, given.seq), "l1");
    c.product = product_text("FLU4");
    c.funding = funding::national;
    c.dose_ml_hundredths = 50;
    BOOST_CHECK(why_not(to_time(c, now.recorded_at, 1)) == errc::nothing_changed);
    BOOST_TEST(look(first, given.seq).version() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_void_reverses_what_the_correction_left, a_region) {
    const dose_receipt given = shot_of_l1(1);
    correct(to_lot(of(first, given.seq), "L2"));
    const void_receipt r = ask<void_receipt>(command{taking_back(first, given.seq, 2)});
    BOOST_TEST(r.version == 3u);
    BOOST_TEST(r.remaining == 20);
    BOOST_TEST(on_hand(first, l1) == 10);
    BOOST_TEST(on_hand(first, l2) == 10);
    BOOST_CHECK(why_not(to_lot(of(first, given.seq, 3), "L1")) == errc::version_conflict);
}

BOOST_FIXTURE_TEST_CASE(a_later_day_needs_a_reason, a_region) {
    const dose_receipt given = shot_of_l1(1);
    go_to(date(2016, 10, 5));
    auto c = to_lot(of(first, given.seq), "L2");
    const refusal why = refused(command{c});
    BOOST_CHECK(why.code == errc::reason_missing);
    BOOST_TEST(why.field == "reason");
    c.reason = correction_reason::found_later;
    BOOST_CHECK(correct(c).reason == correction_reason::found_later);
}

BOOST_FIXTURE_TEST_CASE(the_version_must_be_the_one_that_was_seen, a_region) {
    const dose_receipt given = shot_of_l1(1);
    BOOST_CHECK(why_not(to_lot(of(first, given.seq, 2), "L2")) == errc::version_conflict);
    correct(to_lot(of(first, given.seq, 1), "L2"));
    auto other = to_lot(of(first, given.seq, 1), "L1");
    other.content = content(1);
    BOOST_CHECK(why_not(other) == errc::version_conflict);
}

BOOST_FIXTURE_TEST_CASE(the_same_correction_again_gets_the_same_answer_and_does_nothing, a_region) {
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

BOOST_FIXTURE_TEST_CASE(the_health_centre_of_the_region_acts_for_its_clinics, a_region) {
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

BOOST_FIXTURE_TEST_CASE(nobody_else_finds_it, a_region) {
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

BOOST_FIXTURE_TEST_CASE(who_corrected_whose_dose_is_audited, a_region) {
    const dose_receipt given = shot_of_l1(1);
    const correction_receipt r = correct(to_lot(of(first, given.seq), "L2"));
    BOOST_CHECK(audit.back().action == audit_action::corrected);
    BOOST_CHECK(audit.back().person == person(1));
    BOOST_TEST(audit.back().subject == r.seq);
}

BOOST_FIXTURE_TEST_CASE(the_tally_of_doses_stays, a_region) {
    const dose_receipt given = shot_of_l1(1);
    pass(2h);
    correct(to_time(of(first, given.seq), now.recorded_at - 4h, 1));
    clinic_tally tally;
    shown.read_tally(first, tally);
    BOOST_TEST(tally.doses == 1u);
    BOOST_TEST(tally.by_hour[13] == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
