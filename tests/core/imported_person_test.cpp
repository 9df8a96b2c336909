// Persons who had doses before the registry knew them.
#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(imported_person_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

// Two doses a week apart; two clinics and the health centre of their region.
struct imported : desk {
    imported() {
        define(open_season("2016-17", date(2016, 9, 1), date(2016, 11, 30), {2, 7}));
        first = open_clinic();
        second = open_clinic(facility_kind::clinic, 11'680);
        centre = open_clinic(facility_kind::health_centre);
        bring_lot("L1");
        ship(first, "L1", 10);
        ship(second, "L1", 10);
    }

    import_person known_before(std::uint64_t n, civil_day day = date(2016, 10, 1),
                               std::uint8_t doses = 1) const {
        return {person(n), "2016-17", state.clinics()[second].code, day, doses};
    }
    void bring(const import_person& c) { ask<accepted>(command{c}); }
    errc why_not(command c) { return refused(std::move(c)).code; }
    dose_receipt give(std::uint64_t n, std::uint64_t key_number) {
        register_dose c = shot(first, n);
        c.key = key(key_number);
        return record(std::move(c));
    }

    clinic_number first = 0;
    clinic_number second = 0;
    clinic_number centre = 0;
};

void told(const refusal& no, errc code, std::string_view field) {
    BOOST_TEST(code_name(no.code) == code_name(code));
    BOOST_TEST(no.field == field);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_schedule_goes_on_from_there, imported) {
    bring(known_before(1));
    const check_answer early = check(asking(first, 1));  // three days later
    BOOST_CHECK(early.decision == decision::not_yet);
    BOOST_TEST_REQUIRE(early.last_dose.has_value());
    BOOST_CHECK(early.last_dose->day == date(2016, 10, 1));
    BOOST_TEST(early.last_dose->region == 11'680u);
    go_to(date(2016, 10, 8));
    BOOST_CHECK(check(asking(first, 1)).decision == decision::eligible);
    const dose_receipt given = give(1, 1);
    BOOST_TEST(given.flags == 0u);
    BOOST_CHECK(given.claim == claim_state::auto_ok);
    BOOST_TEST(dose(given.seq).dose_number == 2u);
    BOOST_CHECK(check(asking(first, 1)).decision == decision::already_vaccinated);
}

BOOST_FIXTURE_TEST_CASE(no_dose_more_than_the_schedule_gives_is_payable, imported) {
    bring(known_before(1, date(2016, 9, 20), 2));
    const check_answer asked = check(asking(first, 1));
    BOOST_CHECK(asked.decision == decision::already_vaccinated);
    BOOST_CHECK(asked.last_dose->day == date(2016, 9, 20));
    const dose_receipt given = give(1, 1);
    BOOST_TEST(given.flags == bit(flag::already_vaccinated));
    BOOST_CHECK(given.claim == claim_state::not_payable);
    const dose_receipt again = give(1, 2);
    decide_claim c;
    c.by.clinic = centre;
    c.seq = given.seq;
    c.reason = claim_reason::could_not_know;
    BOOST_TEST(code_name(why_not(command{c})) == code_name(errc::schedule_full));
    // Nor when another of the person's goes.
    const auto r = ask<void_receipt>(command{taking_back(first, given.seq)});
    BOOST_TEST(!r.successor.has_value());
    BOOST_TEST(dose(again.seq).flags == bit(flag::already_vaccinated));
}

BOOST_FIXTURE_TEST_CASE(a_place_that_is_left_is_taken_by_the_first_duplicate, imported) {
    bring(known_before(1, date(2016, 9, 20)));
    const dose_receipt one = give(1, 1);
    const dose_receipt two = give(1, 2);
    BOOST_TEST(one.flags == 0u);
    BOOST_TEST(two.flags == bit(flag::already_vaccinated));
    const auto r = ask<void_receipt>(command{taking_back(first, one.seq)});
    BOOST_TEST_REQUIRE(r.successor.has_value());
    BOOST_CHECK(r.successor->claim == claim_state::auto_ok);
}

BOOST_FIXTURE_TEST_CASE(a_void_leaves_what_was_before, imported) {
    bring(known_before(1, date(2016, 9, 20)));
    const dose_receipt given = give(1, 1);
    ask<void_receipt>(command{taking_back(first, given.seq)});
    const auto& e = std::get<dose_voided>(events.back());
    BOOST_TEST(e.last_clinic == second);
    BOOST_CHECK(e.last_day == date(2016, 9, 20));
    const check_answer asked = check(asking(first, 1));
    BOOST_CHECK(asked.decision == decision::eligible);
    BOOST_CHECK(asked.last_dose->day == date(2016, 9, 20));
    BOOST_TEST(asked.last_dose->region == 11'680u);
}

BOOST_FIXTURE_TEST_CASE(a_correction_of_the_time_is_judged_by_it, imported) {
    bring(known_before(1, date(2016, 9, 25)));
    const dose_receipt given = give(1, 1);
    correct_registration c;
    c.by.clinic = first;
    c.seq = given.seq;
    c.content = content(1);
    c.reason = correction_reason::mistyped;
    c.person = person(1);
    c.birth = date(1841, 7, 2);
    c.occurred_at = now.recorded_at - std::chrono::days{4};  // five days after the other one
    const auto r = ask<correction_receipt>(command{c});
    BOOST_TEST(r.flags == flags({flag::not_yet, flag::late}));
    BOOST_CHECK(r.claim == claim_state::review);
    // Before the other one: then that is the last.
    c.content = content(2);
    c.occurred_at = now.recorded_at - std::chrono::days{20};
    ask<correction_receipt>(command{c});
    BOOST_CHECK(std::get<dose_corrected>(events.back()).last_day == date(2016, 9, 25));
    BOOST_TEST(check(asking(first, 1)).last_dose->region == 11'680u);
}

BOOST_FIXTURE_TEST_CASE(who_is_known_already_is_refused, imported) {
    bring(known_before(1));
    const sequence before = seq();
    told(refused(known_before(1)), errc::already_exists, "national_id");
    give(2, 1);
    told(refused(known_before(2)), errc::already_exists, "national_id");
    BOOST_TEST(seq() == before + 1);
    define(open_season("OTHER", date(2016, 9, 1), date(2016, 11, 30)));
    import_person other = known_before(1);
    other.programme = "OTHER";
    bring(other);  // in another programme
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_is_refused, imported) {
    import_person c = known_before(1);
    c.programme = "2017-18";
    told(refused(c), errc::not_found, "programme");
    c = known_before(1);
    c.clinic_code = 99'999'999;
    told(refused(c), errc::not_found, "clinic");
    bring(known_before(1, date(2016, 10, 4)));  // today
    told(refused(known_before(2, date(2016, 10, 5))), errc::future_date, "date");
    told(refused(known_before(2, date(2016, 10, 1), 3)), errc::schedule_full, "doses");
}

// Two doses of which one is the registry's own: over a book, and in the next.
BOOST_FIXTURE_TEST_CASE(the_next_book_knows_them_until_their_programme_is_settled, imported) {
    bring(known_before(1, date(2016, 9, 20)));
    bring(known_before(2, date(2016, 9, 20), 2));
    const sequence imported_at = seq() - 1;
    const dose_receipt given = give(1, 1);
    const auto payable = [](const person_record& p) { return static_cast<std::uint16_t>(p.doses); };
    turn(2017, 0, payable);
    BOOST_TEST(state.persons().size() == 2u);
    BOOST_TEST(state.persons().find(person(2), 0)->last_event == imported_at + 1);
    const dose_receipt more = give(2, 2);
    BOOST_TEST(dose(more.seq).dose_number == 3u);
    BOOST_TEST(more.flags == bit(flag::already_vaccinated));
    // The history goes on to where it began, and the void knows what was before.
    ask<void_receipt>(command{taking_back(first, more.seq)});
    BOOST_TEST(std::get<dose_voided>(events.back()).last_clinic == second);
    BOOST_TEST(code_name(why_not(command{taking_back(first, given.seq)})) ==
               code_name(errc::book_closed));
    go_to(date(2018, 12, 1));
    turn(2018, 0, payable);
    BOOST_TEST(state.persons().size() == 0u);
    told(refused(known_before(3)), errc::not_found, "programme");
}

BOOST_AUTO_TEST_SUITE_END()
