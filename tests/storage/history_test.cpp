#include "storage/reader.hpp"
#include "tests/storage/listed_events.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(history)

using namespace doseline;

namespace {

using test::listed_events;

core::dose_registered dose(core::sequence previous) {
    core::dose_registered e;
    e.person.fill(std::byte{1});
    e.programme = 2;
    e.previous_of_person = previous;
    return e;
}

core::amendment change(core::sequence registration, core::sequence previous) {
    core::amendment c;
    c.registration = registration;
    c.previous_of_person = previous;
    c.claim = core::claim_state::not_payable;
    return c;
}

}  // namespace

BOOST_AUTO_TEST_CASE(who_the_person_is_stands_in_the_registration) {
    listed_events ledger;
    ledger.add(dose(0));
    const auto h = storage::read_history(ledger, {1, 0});
    BOOST_CHECK(h.person == dose(0).person);
    BOOST_TEST(h.programme == 2u);
    BOOST_TEST(h.last_event == 0u);
    BOOST_TEST(h.registrations.empty());
}

BOOST_AUTO_TEST_CASE(a_number_that_is_no_registration_has_nobody) {
    listed_events ledger;
    ledger.add(core::book_opened{});
    for (const core::sequence seq : {1u, 2u}) {
        const auto h = storage::read_history(ledger, {seq, 0});
        BOOST_CHECK(h.person == core::person_key{});
        BOOST_TEST(h.registrations.empty());
    }
}

BOOST_AUTO_TEST_CASE(all_that_links_up_to_the_head_is_folded_in_order) {
    listed_events ledger;
    ledger.add(dose(0));
    ledger.add(core::book_opened{});
    ledger.add(dose(1));
    ledger.add(core::dose_voided{
        {}, change(1, 3), 0, {}, core::void_reason::not_given, 0, {}, {}, {}, {}, 0, 0});
    core::dose_reevaluated again{{}, change(3, 4), core::bit(core::flag::late)};
    again.change.claim = core::claim_state::review;
    ledger.add(again);
    const auto h = storage::read_history(ledger, {1, 5});
    BOOST_TEST(h.last_event == 5u);
    BOOST_TEST(h.registrations.size() == 2u);
    BOOST_REQUIRE(h.find(1) != nullptr && h.find(3) != nullptr);
    BOOST_REQUIRE(h.find(1)->voided() != nullptr);
    BOOST_CHECK(h.find(1)->voided()->reason == core::void_reason::not_given);
    BOOST_TEST(h.find(3)->voided() == nullptr);
    BOOST_TEST(h.find(3)->version() == 2u);
    BOOST_TEST(h.find(3)->dose.flags == core::bit(core::flag::late));
    BOOST_CHECK(h.find(3)->dose.claim == core::claim_state::review);
}

BOOST_AUTO_TEST_CASE(what_is_attached_comes_with_the_registration_that_was_asked_for) {
    listed_events ledger;
    core::extension_attached attached;
    for (const core::sequence previous : {0u, 1u}) {
        core::dose_registered e = dose(previous);
        e.extended = true;
        ledger.add(e);
        attached.sealed.assign(40, std::byte(previous));
        ledger.add(attached);
    }
    const auto h = storage::read_history(ledger, {3, 3});
    BOOST_TEST(h.find(1)->extension.empty());
    BOOST_CHECK(h.find(3)->extension == attached.sealed);
    core::dose_registered alone = dose(3);
    alone.extended = true;
    ledger.add(alone);
    BOOST_CHECK_THROW(storage::read_history(ledger, {5, 5}), storage::fatal_error);
}

BOOST_AUTO_TEST_CASE(it_begins_with_what_was_imported) {
    listed_events ledger;
    ledger.add(core::book_opened{});
    ledger.add(core::person_carried{{}, dose(0).person, 2, 0, 7, {}, 3, 2});
    ledger.add(dose(2));
    const auto h = storage::read_history(ledger, {3, 3});
    BOOST_TEST(h.registrations.size() == 1u);
    BOOST_TEST(h.imported.doses == 3u);
    BOOST_TEST(h.imported.payable == 2u);
    BOOST_TEST(h.imported.last_clinic == 7u);
    const auto alone = storage::read_history(ledger, {2, 2});
    BOOST_CHECK(alone.person == dose(0).person);
    BOOST_TEST(alone.programme == 2u);
    BOOST_TEST(alone.last_event == 2u);
}

BOOST_AUTO_TEST_CASE(it_is_read_up_to_its_limit_and_not_past_it) {
    listed_events ledger;
    for (core::sequence n = 0; n <= core::limits::person_events_max; ++n) {
        ledger.add(dose(n));
    }
    const auto longest = storage::read_history(ledger, {1, core::limits::person_events_max});
    BOOST_TEST(!longest.too_long);
    BOOST_TEST(longest.registrations.size() == core::limits::person_events_max);
    const auto longer = storage::read_history(ledger, {1, core::limits::person_events_max + 1});
    BOOST_TEST(longer.too_long);
    BOOST_TEST(longer.registrations.empty());
}

BOOST_AUTO_TEST_CASE(a_link_to_nothing_is_fatal) {
    listed_events ledger;
    ledger.add(dose(7));
    BOOST_CHECK_THROW(storage::read_history(ledger, {1, 1}), storage::fatal_error);
}

BOOST_AUTO_TEST_SUITE_END()
