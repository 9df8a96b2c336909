#include "tests/core/corrected_region.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_claim)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;
using enum claim_state;

namespace {

struct fixture : a_region {
    // The only one whose contract is over tomorrow.
    fixture() {
        brief = open_clinic(facility_kind::clinic, 11'500, date(2016, 1, 1), date(2016, 10, 4));
        ship(brief, "L1", 10);
    }

    static decide_claim deciding(clinic_number by, sequence seq, claim_decision how,
                                 claim_reason why, version_number version = any_version) {
        decide_claim c;
        c.by.clinic = by;
        c.by.device = 7;
        c.by.user = user_code("KIM");
        c.seq = seq;
        c.version = version;
        c.decision = how;
        c.reason = why;
        return c;
    }
    claim_receipt decide(const decide_claim& c) { return ask<claim_receipt>(command{c}); }
    claim_receipt accept(sequence seq, claim_reason why = claim_reason::other) {
        return decide(deciding(centre, seq, claim_decision::accepted, why));
    }
    claim_receipt reject(sequence seq) {
        return decide(deciding(centre, seq, claim_decision::rejected, claim_reason::not_covered));
    }
    claim_receipt reopen(sequence seq) {
        return decide(deciding(centre, seq, claim_decision::reopened, claim_reason::mistaken));
    }
    claim_receipt pay(sequence seq) { return ask<claim_receipt>(command{pay_claim{seq, {}, {}}}); }
    errc why_not_decided(const decide_claim& c) { return refused(command{c}).code; }
    errc why_not_accepted(sequence seq, claim_reason why = claim_reason::other) {
        return why_not_decided(deciding(centre, seq, claim_decision::accepted, why));
    }

    // Of the person n, by exception: to be reviewed.
    dose_receipt excepted(std::uint64_t n) {
        register_dose c = shot(first, n);
        c.exception = exception_text("ILL");
        return record(std::move(c));
    }
    // The person's, once more under another key.
    dose_receipt again(clinic_number clinic, std::uint64_t n, std::uint64_t key_of = 900) {
        register_dose c = shot(clinic, n);
        c.key = key(key_of);
        return record(std::move(c));
    }
    std::string_view claim_now(sequence seq) { return name_of(look(centre, seq).dose.claim); }
    void_receipt take_back_now(sequence seq) {
        return ask<void_receipt>(command{taking_back(dose(seq).clinic, seq)});
    }

    clinic_number brief = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_health_centre_accepts_what_is_under_review, fixture) {
    const dose_receipt given = excepted(1);
    BOOST_CHECK(given.claim == review);
    const sequence before = seq();
    const claim_receipt r = decide(
        deciding(centre, given.seq, claim_decision::accepted, claim_reason::evidence_seen, 1));
    BOOST_TEST(r.registration == given.seq);
    BOOST_TEST(r.seq == before + 1);
    BOOST_TEST(seq() == before + 1);
    BOOST_TEST(r.version == 2u);
    BOOST_TEST(r.clinic == first);
    BOOST_CHECK(r.claim_before == review);
    BOOST_CHECK(r.claim == exception_ok);
    BOOST_TEST(!r.replayed);
    const auto& e = std::get<claim_decided>(events.back());
    BOOST_TEST(e.change.acting == centre);
    BOOST_TEST(e.change.clinic == first);
    BOOST_TEST(e.change.previous_of_person == given.seq);
    BOOST_TEST(e.header.previous_of_clinic == given.seq);
    BOOST_TEST(e.device == 7u);
    BOOST_TEST(e.user.view() == "KIM");
    BOOST_TEST(state.clinics()[first].last_event == seq());

    const registration_history& seen = look(first, given.seq);
    BOOST_CHECK(seen.dose.claim == exception_ok);
    BOOST_TEST(seen.version() == 2u);
    BOOST_CHECK(seen.state == registration_state::registered);
    BOOST_CHECK(seen.recorded.claim == review);
}

BOOST_FIXTURE_TEST_CASE(a_decision_moves_no_stock_and_no_dose, fixture) {
    const dose_receipt given = excepted(1);
    const auto rows = stock(first);
    reject(given.seq);
    BOOST_CHECK(stock(first) == rows);
    BOOST_TEST(state.clinics()[first].doses == 1u);
    BOOST_TEST(state.persons().find(person(1), 0)->doses == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_was_decided_is_appealed_and_taken_back, fixture) {
    const dose_receipt given = excepted(1);
    BOOST_CHECK(reject(given.seq).claim == not_payable);
    BOOST_CHECK(accept(given.seq).claim == exception_ok);  // the appeal
    BOOST_CHECK(reopen(given.seq).claim == review);
    BOOST_CHECK(reject(given.seq).claim == not_payable);
    BOOST_CHECK(reopen(given.seq).claim == review);
    BOOST_TEST(look(first, given.seq).version() == 6u);
    // Nothing is left to take back; for the same reason it would be the last one again.
    BOOST_CHECK(why_not_decided(deciding(centre, given.seq, claim_decision::reopened,
                                         claim_reason::other)) == errc::claim_state);
}

BOOST_FIXTURE_TEST_CASE(it_decides_for_its_regions_clinics_alone, fixture) {
    const dose_receipt given = excepted(1);
    const auto by = [&](clinic_number clinic) {
        return why_not_decided(
            deciding(clinic, given.seq, claim_decision::accepted, claim_reason::other));
    };
    BOOST_CHECK(by(first) == errc::claim_own);
    BOOST_CHECK(by(second) == errc::not_found);
    BOOST_CHECK(by(far_clinic) == errc::not_found);
    BOOST_CHECK(by(far_centre) == errc::not_found);
    register_dose c = shot(centre, 2);
    c.exception = exception_text("ILL");
    const dose_receipt own = record(std::move(c));
    BOOST_CHECK(why_not_accepted(own.seq) == errc::claim_own);
    BOOST_CHECK(why_not_accepted(seq() + 1) == errc::not_found);
    BOOST_CHECK(why_not_accepted(1) == errc::not_found);  // no registration
}

BOOST_FIXTURE_TEST_CASE(it_names_the_version_that_it_has_seen, fixture) {
    const dose_receipt given = excepted(1);
    const auto at = [&](version_number v) {
        return deciding(centre, given.seq, claim_decision::rejected, claim_reason::other, v);
    };
    BOOST_CHECK(why_not_decided(at(2)) == errc::version_conflict);
    BOOST_TEST(decide(at(1)).version == 2u);
    // Its answer was lost: whatever it names, it is told the same.
    for (const version_number v : {version_number{1}, version_number{2}, any_version}) {
        const sequence before = seq();
        const claim_receipt r = decide(at(v));
        BOOST_TEST(r.replayed);
        BOOST_TEST(r.version == 2u);
        BOOST_CHECK(r.claim == not_payable);
        BOOST_TEST(seq() == before);
    }
    accept(given.seq);
    BOOST_TEST(decide(at(1)).replayed);  // also when another one came after it
    BOOST_CHECK(why_not_decided(at(2)) == errc::version_conflict);
    const claim_receipt anew = decide(at(3));
    BOOST_TEST(!anew.replayed);
    BOOST_TEST(anew.version == 4u);
    take_back_now(given.seq);
    BOOST_CHECK(why_not_accepted(given.seq) == errc::version_conflict);
}

BOOST_FIXTURE_TEST_CASE(a_duplicate_waits_until_no_other_dose_has_its_place, fixture) {
    const dose_receipt one = excepted(1);
    const dose_receipt two = again(second, 1);
    BOOST_CHECK(two.claim == not_payable);
    BOOST_CHECK(why_not_accepted(two.seq) == errc::claim_duplicate);
    BOOST_CHECK(why_not_accepted(two.seq, claim_reason::could_not_know) == errc::schedule_full);
    reject(one.seq);
    BOOST_CHECK(accept(two.seq, claim_reason::could_not_know).claim == exception_ok);
    // And now the first one has to wait.
    BOOST_CHECK(why_not_accepted(one.seq) == errc::schedule_full);
    BOOST_CHECK(why_not_decided(deciding(centre, one.seq, claim_decision::reopened,
                                         claim_reason::mistaken)) == errc::schedule_full);
    reopen(two.seq);
    BOOST_CHECK(reopen(one.seq).claim == review);
}

BOOST_FIXTURE_TEST_CASE(an_accepted_duplicate_goes_before_the_others_when_the_first_is_voided,
                        fixture) {
    const dose_receipt one = excepted(1);
    const dose_receipt two = again(second, 1, 901);
    const dose_receipt three = again(second, 1, 902);
    reject(one.seq);
    accept(three.seq, claim_reason::could_not_know);
    const void_receipt r = take_back_now(one.seq);
    BOOST_REQUIRE(r.successor.has_value());
    BOOST_CHECK(r.successor->claim_before == exception_ok);
    BOOST_CHECK(r.successor->claim == auto_ok);  // nothing is left that needed an exception
    BOOST_TEST(look(second, three.seq).dose.flags == 0u);
    BOOST_TEST(claim_now(two.seq) == "NOT_PAYABLE");
}

// The one that takes a voided dose's place may have been paid for by then.
BOOST_FIXTURE_TEST_CASE(a_paid_duplicate_stays_paid_when_it_becomes_the_first, fixture) {
    const dose_receipt one = excepted(1);
    const dose_receipt two = again(second, 1);
    reject(one.seq);
    accept(two.seq, claim_reason::could_not_know);
    pay(two.seq);
    const void_receipt r = take_back_now(one.seq);
    BOOST_REQUIRE(r.successor.has_value());
    BOOST_CHECK(r.successor->claim == paid);
    BOOST_TEST(look(second, two.seq).dose.flags == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_correction_that_the_rules_judge_alike_leaves_the_decision, fixture) {
    const dose_receipt given = excepted(1);
    accept(given.seq);
    const correction_receipt r = correct(to_lot(of(first, given.seq), "L2"));
    BOOST_CHECK(r.claim == exception_ok);
    BOOST_CHECK(r.claim_before == exception_ok);
    reject(given.seq);
    auto site = of(first, given.seq);
    site.site = body_site::left_arm;
    BOOST_CHECK(correct(site).claim == not_payable);
    BOOST_CHECK(reopen(given.seq).claim == review);
}

BOOST_FIXTURE_TEST_CASE(a_correction_that_the_rules_judge_otherwise_ends_the_decision, fixture) {
    bring_lot("OLD", date(2016, 10, 1));
    ship(first, "OLD", 5);
    const dose_receipt given = excepted(1);
    accept(given.seq);
    auto c = to_lot(of(first, given.seq), "OLD");
    c.confirmed = confirm_expired;
    const correction_receipt r = correct(c);
    BOOST_CHECK(r.claim_before == exception_ok);
    BOOST_CHECK(r.claim == review);  // REVIEW before, too, but for another reason
    reject(given.seq);
    BOOST_CHECK(correct(to_lot(of(first, given.seq), "L1")).claim == review);
}

// Whoever is corrected into what is payable after another dose was given its place.
BOOST_FIXTURE_TEST_CASE(a_correction_takes_nobodys_place, fixture) {
    go_to(date(2016, 10, 5));
    const dose_receipt one = record(shot(brief, 1));
    BOOST_CHECK(one.claim == not_payable);  // the contract is over
    const dose_receipt two = again(second, 1);
    accept(two.seq, claim_reason::could_not_know);
    const correction_receipt r = correct(to_time(of(brief, one.seq), now.recorded_at - 24h, 1));
    BOOST_TEST(r.flags == flags({flag::already_vaccinated, flag::late}));
    BOOST_CHECK(r.claim == not_payable);
    // When that one goes, it has its turn.
    take_back_now(two.seq);
    const registration_history& seen = look(brief, one.seq);
    BOOST_TEST(seen.dose.flags == flags({flag::late}));
    BOOST_CHECK(seen.dose.claim == auto_ok);
}

BOOST_FIXTURE_TEST_CASE(an_operator_pays_what_is_accepted_and_once, fixture) {
    const dose_receipt plain = record(shot(first, 2));
    const dose_receipt given = excepted(1);
    const claim_receipt r = pay(plain.seq);
    BOOST_CHECK(r.claim == paid);
    BOOST_CHECK(r.claim_before == auto_ok);
    BOOST_TEST(r.version == 2u);
    BOOST_TEST(std::get<claim_decided>(events.back()).change.acting == no_clinic);
    const sequence before = seq();
    const claim_receipt again = pay(plain.seq);
    BOOST_TEST(again.replayed);
    BOOST_TEST(again.seq == r.seq);
    BOOST_CHECK(again.decided_at == r.decided_at);
    BOOST_TEST(seq() == before);

    const auto why_not_paid = [&](sequence at) {
        return refused(command{pay_claim{at, {}, {}}}).code;
    };
    BOOST_CHECK(why_not_paid(given.seq) == errc::claim_state);  // REVIEW
    reject(given.seq);
    BOOST_CHECK(why_not_paid(given.seq) == errc::claim_state);
    accept(given.seq);
    BOOST_CHECK(pay(given.seq).claim == paid);
    BOOST_CHECK(why_not_paid(seq() + 5) == errc::not_found);
    const dose_receipt gone = record(shot(first, 3));
    take_back_now(gone.seq);
    BOOST_CHECK(why_not_paid(gone.seq) == errc::claim_state);
}

BOOST_FIXTURE_TEST_CASE(what_was_paid_nobody_decides_on, fixture) {
    const dose_receipt given = excepted(1);
    accept(given.seq);
    pay(given.seq);
    for (const auto how :
         {claim_decision::accepted, claim_decision::rejected, claim_decision::reopened}) {
        BOOST_CHECK(why_not_decided(deciding(centre, given.seq, how, claim_reason::other, 3)) ==
                    errc::claim_state);
    }
}

// The shot is put right, whatever was paid; and the payment stays to be seen.
BOOST_FIXTURE_TEST_CASE(a_void_or_correction_of_what_was_paid_leaves_it_paid, fixture) {
    const dose_receipt given = record(shot(first, 1));
    const dose_receipt two = again(second, 1);
    pay(given.seq);
    auto c = of(first, given.seq);
    c.funding = funding::private_pay;
    const correction_receipt r = correct(c);
    BOOST_CHECK(r.claim == paid);
    const registration_history& seen = look(first, given.seq);
    BOOST_CHECK(ruling_of(seen.dose).claim == not_payable);  // to be claimed back
    take_back_now(given.seq);
    BOOST_CHECK(look(first, given.seq).dose.claim == paid);
    BOOST_CHECK(look(first, given.seq).state == registration_state::voided);
    BOOST_TEST(claim_now(two.seq) == "AUTO_OK");
    BOOST_TEST(pay(given.seq).replayed);
}

BOOST_FIXTURE_TEST_CASE(decisions_and_payments_are_audited, fixture) {
    const dose_receipt given = excepted(1);
    accept(given.seq);
    BOOST_CHECK(audit.back().action == audit_action::decided);
    BOOST_TEST(audit.back().by.clinic == centre);
    BOOST_TEST(audit.back().by.user.view() == "KIM");
    BOOST_CHECK(audit.back().person == person(1));
    BOOST_TEST(audit.back().subject == seq());
    pay(given.seq);
    BOOST_CHECK(audit.back().action == audit_action::decided);
    BOOST_TEST(audit.back().by.clinic == no_clinic);
    BOOST_TEST(audit.back().subject == seq());
    const std::size_t before = audit.size();
    why_not_accepted(given.seq);
    pay(given.seq);
    BOOST_TEST(audit.size() == before);
}

// It holds a place of the schedule, although nothing that happens in the open book moves it.
BOOST_FIXTURE_TEST_CASE(a_payable_duplicate_of_a_closed_book_is_counted_when_a_place_is_given,
                        fixture) {
    const dose_receipt a = record(shot(first, 1));
    const dose_receipt b = again(second, 1, 900);
    auto two_doses = *state.programmes()[0];
    two_doses.schedule.doses = 2;
    define(two_doses);
    turn(2017, 0, [](const person_record&) -> std::uint16_t { return 1; });
    accept(b.seq, claim_reason::could_not_know);
    const dose_receipt c = again(first, 1, 901);
    const dose_receipt d = again(second, 1, 902);
    BOOST_CHECK(c.claim == not_payable);
    BOOST_TEST(!take_back_now(c.seq).successor.has_value());
    BOOST_TEST(claim_now(a.seq) == "AUTO_OK");
    BOOST_TEST(claim_now(b.seq) == "EXCEPTION_OK");
    BOOST_TEST(claim_now(d.seq) == "NOT_PAYABLE");
}

BOOST_AUTO_TEST_SUITE_END()
