#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_void_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

struct two_clinics : desk {
    two_clinics() {
        auto p = open_season("2016-17", date(2016, 10, 1), date(2016, 11, 30));
        p.exceptions = {{"ILL", p.phases.front(), true}};
        define(p);
        first = open_clinic();
        second = open_clinic(facility_kind::clinic, 11'680);
        lot = bring_lot("L1");
        ship(first, "L1", 10);
        ship(second, "L1", 10);
    }

    void_receipt take_back(const void_registration& c) { return ask<void_receipt>(command{c}); }
    errc why_not(const void_registration& c) { return refused(command{c}).code; }
    const registration_history& look(clinic_number clinic, sequence seq) {
        view_registration c;
        c.by.clinic = clinic;
        c.seq = seq;
        seen_ = ask<registration_view>(command{c}).registration;
        return *seen_;
    }

    clinic_number first = 0;
    clinic_number second = 0;
    lot_number lot = 0;

private:
    std::shared_ptr<const registration_history> seen_;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_void_gives_the_dose_back_to_its_account, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    BOOST_TEST(given.remaining == 9);
    const void_receipt r = take_back(taking_back(first, given.seq, 1));
    BOOST_TEST(r.remaining == 10);
    BOOST_TEST(r.version == 2u);
    BOOST_TEST(!r.replayed);
    BOOST_TEST(stock(first, lot).at(0).on_hand == 10);
    BOOST_TEST(state.lots()[lot].nation[place::person] == 0);
}

BOOST_FIXTURE_TEST_CASE(what_was_taken_from_suspense_goes_back_there, two_clinics) {
    register_dose c = shot(first, 1);
    c.lot = lot_text("NOBODYS");
    const dose_receipt given = record(std::move(c));
    BOOST_TEST(given.flags == flags({flag::lot_unknown}));
    ship(first, "L1", 5);
    const void_receipt r = take_back(taking_back(first, given.seq));
    BOOST_TEST(r.remaining == 15);
    BOOST_TEST(stock(first, lot).at(0).on_hand == 15);
    BOOST_TEST(stock(first, lot + 1).at(0).suspense == 0);
}

BOOST_FIXTURE_TEST_CASE(a_private_dose_has_no_account_to_go_back_to, two_clinics) {
    register_dose c = shot(first, 1);
    c.funding = funding::private_pay;
    const dose_receipt given = record(std::move(c));
    BOOST_TEST(take_back(taking_back(first, given.seq)).remaining == 10);
    BOOST_TEST(stock(first).size() == 1u);
    BOOST_TEST(stock(first, lot).at(0).on_hand == 10);
}

BOOST_FIXTURE_TEST_CASE(the_person_may_come_again, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    take_back(taking_back(first, given.seq));
    const check_answer asked = check(asking(second, 1));
    BOOST_CHECK(asked.decision == decision::eligible);
    BOOST_TEST(!asked.last_dose.has_value());
    register_dose again = shot(second, 1);
    again.key = key(2);
    const dose_receipt second_try = record(std::move(again));
    BOOST_TEST(second_try.flags == 0u);
    BOOST_TEST(dose(second_try.seq).dose_number == 1u);
}

BOOST_FIXTURE_TEST_CASE(the_first_of_the_doses_left_becomes_the_payable_one, two_clinics) {
    const dose_receipt one = record(shot(first, 1));
    register_dose excepted = shot(second, 1);
    excepted.key = key(2);
    excepted.occurred_at = now.recorded_at - 24h;
    const dose_receipt two = record(std::move(excepted));
    register_dose last = shot(first, 1);
    last.key = key(3);
    const dose_receipt three = record(std::move(last));
    BOOST_TEST(two.flags == flags({flag::already_vaccinated, flag::late}));
    BOOST_CHECK(two.claim == claim_state::not_payable);

    const sequence before = seq();
    const void_receipt r = take_back(taking_back(first, one.seq));
    BOOST_REQUIRE(r.successor.has_value());
    BOOST_TEST(r.successor->clinic == second);
    BOOST_CHECK(r.successor->claim == claim_state::auto_ok);
    BOOST_TEST(seq() == before + 2);
    const auto& again = std::get<dose_reevaluated>(events.back());
    BOOST_TEST(again.change.registration == two.seq);
    BOOST_TEST(again.change.clinic == second);
    BOOST_TEST(state.clinics()[second].last_event == seq());

    const registration_history& seen = look(second, two.seq);
    BOOST_TEST(seen.dose.flags == flags({flag::late}));
    BOOST_CHECK(seen.dose.claim == claim_state::auto_ok);
    BOOST_TEST(seen.version() == 2u);
    BOOST_CHECK(look(first, three.seq).dose.claim == claim_state::not_payable);
}

BOOST_FIXTURE_TEST_CASE(a_duplicate_that_goes_leaves_the_others_as_they_are, two_clinics) {
    const dose_receipt one = record(shot(first, 1));
    register_dose c = shot(second, 1);
    c.key = key(2);
    const dose_receipt two = record(std::move(c));
    const void_receipt r = take_back(taking_back(second, two.seq));
    BOOST_TEST(!r.successor.has_value());
    BOOST_CHECK(r.claim_before == claim_state::not_payable);
    BOOST_TEST(look(first, one.seq).version() == 1u);
}

// What its phase alone gives is not always AUTO_OK.
BOOST_FIXTURE_TEST_CASE(a_successor_keeps_what_speaks_against_it_alone, two_clinics) {
    const clinic_number ended =
        open_clinic(facility_kind::clinic, 11'500, date(2015, 1, 1), date(2015, 12, 31));
    const dose_receipt one = record(shot(first, 1));
    register_dose c = shot(ended, 1);
    c.key = key(2);
    const dose_receipt two = record(std::move(c));
    const void_receipt r = take_back(taking_back(first, one.seq));
    BOOST_REQUIRE(r.successor.has_value());
    BOOST_CHECK(r.successor->claim == claim_state::not_payable);
    const registration_history& seen = look(ended, two.seq);
    BOOST_TEST(!has(seen.dose.flags, flag::already_vaccinated));
    BOOST_TEST(has(seen.dose.flags, flag::contract_inactive));
}

BOOST_FIXTURE_TEST_CASE(the_last_dose_told_is_one_that_stands, two_clinics) {
    register_dose earlier = shot(first, 1);
    earlier.occurred_at = now.recorded_at - 48h;
    const dose_receipt old = record(std::move(earlier));
    register_dose c = shot(second, 1);
    c.key = key(2);
    const dose_receipt newest = record(std::move(c));
    BOOST_TEST(check(asking(first, 1)).last_dose->region == 11'680u);
    take_back(taking_back(second, newest.seq));
    const check_answer asked = check(asking(first, 1));
    BOOST_CHECK(asked.decision == decision::already_vaccinated);
    BOOST_TEST(asked.last_dose->region == 11'500u);
    BOOST_CHECK(asked.last_dose->day == date(2016, 10, 2));
    take_back(taking_back(first, old.seq));
    BOOST_CHECK(check(asking(first, 1)).decision == decision::eligible);
}

BOOST_FIXTURE_TEST_CASE(only_the_clinics_own_registration_is_there, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    const std::size_t audited = audit.size();
    BOOST_CHECK(why_not(taking_back(second, given.seq)) == errc::not_found);
    BOOST_CHECK(why_not(taking_back(first, given.seq - 1)) == errc::not_found);
    BOOST_CHECK(why_not(taking_back(first, given.seq + 1)) == errc::not_found);
    BOOST_TEST(audit.size() == audited);
    BOOST_TEST(seq() == given.seq);
}

BOOST_FIXTURE_TEST_CASE(the_version_must_be_the_one_that_was_seen, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    BOOST_CHECK(why_not(taking_back(first, given.seq, 2)) == errc::version_conflict);
    BOOST_TEST(seq() == given.seq);
    BOOST_TEST(take_back(taking_back(first, given.seq, 1)).version == 2u);
}

BOOST_FIXTURE_TEST_CASE(the_same_void_again_gets_the_same_answer_and_does_nothing, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    const void_receipt once = take_back(taking_back(first, given.seq, 1));
    record(shot(first, 2));
    const sequence until = seq();
    for (const version_number version : {any_version, version_number{1}, version_number{2}}) {
        const void_receipt again = take_back(taking_back(first, given.seq, version));
        BOOST_TEST(again.replayed);
        BOOST_TEST(again.seq == once.seq);
        BOOST_TEST(again.version == once.version);
        BOOST_TEST(again.remaining == once.remaining);
        BOOST_CHECK(again.voided_at == once.voided_at);
    }
    auto other = taking_back(first, given.seq, 1);
    other.reason = void_reason::not_given;
    BOOST_CHECK(why_not(other) == errc::version_conflict);
    BOOST_CHECK(why_not(taking_back(first, given.seq, 3)) == errc::version_conflict);
    BOOST_TEST(seq() == until);
}

BOOST_FIXTURE_TEST_CASE(a_voided_registrations_key_stays_used, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    take_back(taking_back(first, given.seq));
    BOOST_TEST(ask<known_key>(command{shot(first, 1)}).seq == given.seq);
}

// Between its reading and its use another clinic registered the same person.
BOOST_FIXTURE_TEST_CASE(a_history_that_is_out_of_date_is_asked_for_again, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    void_registration c = taking_back(first, given.seq);
    c.history = history({given.seq, given.seq});
    register_dose meanwhile = shot(second, 1);
    meanwhile.key = key(2);
    const dose_receipt other = record(std::move(meanwhile));
    decided nothing;
    const outcome answer = state.decide(c, now, seq() + 1, nothing);
    BOOST_TEST(nothing.events.empty());
    BOOST_REQUIRE(std::holds_alternative<history_wanted>(answer));
    BOOST_TEST(std::get<history_wanted>(answer).head == other.seq);
    BOOST_TEST(take_back(c).successor->clinic == second);
}

BOOST_FIXTURE_TEST_CASE(a_history_too_long_to_be_read_is_told_so, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    auto cut_short = std::make_shared<person_history>();
    cut_short->too_long = true;
    void_registration c = taking_back(first, given.seq);
    c.history = cut_short;
    BOOST_CHECK(why_not(c) == errc::limit_reached);
}

BOOST_FIXTURE_TEST_CASE(the_clinics_tally_follows_by_the_hour_of_recording, two_clinics) {
    const dose_receipt yesterdays = record(shot(first, 1));
    go_to(date(2016, 10, 5));
    const dose_receipt todays = record(shot(first, 2));
    pass(2h);
    record(shot(first, 3));
    clinic_tally tally;
    take_back(taking_back(first, todays.seq));
    shown.read_tally(first, tally);
    BOOST_TEST(tally.doses == 2u);
    BOOST_TEST(tally.by_hour[13] == 0u);
    BOOST_TEST(tally.by_hour[15] == 1u);
    take_back(taking_back(first, yesterdays.seq));
    shown.read_tally(first, tally);
    BOOST_TEST(tally.doses == 1u);
    BOOST_TEST(tally.by_hour[13] == 0u);
    BOOST_TEST(tally.by_hour[15] == 1u);
}

BOOST_FIXTURE_TEST_CASE(who_voided_whose_dose_is_audited, two_clinics) {
    const dose_receipt given = record(shot(first, 1));
    const void_receipt r = take_back(taking_back(first, given.seq));
    BOOST_CHECK(audit.back().action == audit_action::voided);
    BOOST_CHECK(audit.back().person == person(1));
    BOOST_TEST(audit.back().subject == r.seq);
}

BOOST_AUTO_TEST_SUITE_END()
