#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_move_test)

using namespace doseline::core;
using namespace doseline::test;

namespace {

// Ten doses of a lot at the clinic, and fifty more on their way to it.
struct stocked : desk {
    stocked() {
        define(open_season("2016-17", date(2016, 10, 1), date(2016, 11, 30)));
        a = open_clinic();
        b = open_clinic();
        centre = open_clinic(facility_kind::health_centre);
        lot = bring_lot("L1");
        ship(a, "L1", 10);
        ship(a, "L1", 50, false);
    }
    move_stock moving(stock_action action, std::int32_t quantity,
                      stock_reason reason = stock_reason::none) {
        move_stock c;
        c.by.clinic = a;
        c.key = key(++last_key);
        c.action = action;
        c.reason = reason;
        c.lot = lot_text("L1");
        c.quantity = quantity;
        return c;
    }
    move_stock sending(stock_action action, std::int32_t quantity, clinic_number to) {
        move_stock c = moving(action, quantity);
        c.to = state.clinics()[to].code;
        return c;
    }
    move_stock assigning(std::string_view from, std::int32_t quantity, std::string_view to) {
        move_stock c = moving(stock_action::assigned, quantity);
        c.lot = lot_text(from);
        c.to_lot = lot_text(to);
        return c;
    }
    movement_receipt move(const move_stock& c) { return ask<movement_receipt>(command{c}); }
    void is_refused(const move_stock& c, errc code, std::string_view field) {
        const sequence before = seq();
        const refusal r = refused(command{c});
        BOOST_TEST(code_name(r.code) == code_name(code));
        BOOST_TEST(r.field == field);
        BOOST_TEST(seq() == before);
    }
    dose_receipt shoot(std::uint64_t person, std::string_view of) {
        register_dose c = shot(a, person);
        c.lot = lot_text(of);
        return record(std::move(c));
    }
    stock_row row(clinic_number clinic, lot_number of) const {
        const auto rows = stock(clinic, of);
        BOOST_REQUIRE(rows.size() == 1u);
        return rows[0];
    }
    std::int64_t nation(place where) const { return state.lots()[lot].nation[where]; }

    clinic_number a = 0, b = 0, centre = 0;
    lot_number lot = 0;
    std::uint64_t last_key = 1'000;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_part_that_arrives_leaves_the_rest_on_its_way, stocked) {
    const auto r = move(moving(stock_action::confirmed, 30));
    BOOST_TEST(r.event.on_hand == 40);
    BOOST_TEST(r.event.in_transit == 20);
    BOOST_TEST(r.event.remaining == 40);
    BOOST_TEST(move(moving(stock_action::confirmed, 20)).event.in_transit == 0);
    BOOST_TEST(row(a, lot).on_hand == 60);
    BOOST_TEST(nation(place::discrepancy) == 0);
}

BOOST_FIXTURE_TEST_CASE(what_does_not_arrive_is_a_discrepancy_when_the_clinic_says_so, stocked) {
    is_refused(moving(stock_action::confirmed, 50, stock_reason::short_delivery), errc::bad_field,
               "reason");
    const auto r = move(moving(stock_action::confirmed, 48, stock_reason::short_delivery));
    BOOST_TEST(r.event.difference == -2);
    BOOST_TEST(r.event.in_transit == 0);
    BOOST_TEST(nation(place::discrepancy) == 2);
    ship(a, "L1", 5, false);
    BOOST_TEST(
        move(moving(stock_action::confirmed, 0, stock_reason::short_delivery)).event.difference ==
        -5);
    BOOST_TEST(nation(place::discrepancy) == 7);
    BOOST_TEST(row(a, lot).on_hand == 58);
}

BOOST_FIXTURE_TEST_CASE(more_than_was_on_its_way_is_here_all_the_same, stocked) {
    const auto r = move(moving(stock_action::confirmed, 53));
    BOOST_TEST(r.event.difference == 3);
    BOOST_TEST(r.event.on_hand == 63);
    BOOST_TEST(r.event.in_transit == 0);
    BOOST_TEST(nation(place::discrepancy) == -3);
}

BOOST_FIXTURE_TEST_CASE(a_delivery_explains_what_was_given_before_it_was_confirmed, stocked) {
    move(moving(stock_action::wasted, 10, stock_reason::power_cut));
    for (std::uint64_t person = 1; person <= 3; ++person) {
        BOOST_TEST(shoot(person, "L1").flags == bit(flag::stock_negative));
    }
    BOOST_TEST(row(a, lot).suspense == -3);
    auto r = move(moving(stock_action::confirmed, 2));
    BOOST_TEST(r.event.on_hand == 0);
    BOOST_TEST(r.event.suspense == -1);
    BOOST_TEST(r.event.settled == 2);
    r = move(moving(stock_action::confirmed, 40));
    BOOST_TEST(r.event.on_hand == 39);
    BOOST_TEST(r.event.suspense == 0);
    BOOST_TEST(r.event.remaining == 39);
    BOOST_TEST(r.event.in_transit == 8);
}

BOOST_FIXTURE_TEST_CASE(waste_needs_a_reason_and_takes_no_more_than_is_on_hand, stocked) {
    is_refused(moving(stock_action::wasted, 3), errc::bad_field, "reason");
    is_refused(moving(stock_action::wasted, 3, stock_reason::miscount), errc::bad_field, "reason");
    is_refused(moving(stock_action::wasted, 0, stock_reason::lost), errc::bad_field, "quantity");
    is_refused(moving(stock_action::wasted, 11, stock_reason::power_cut), errc::not_on_hand,
               "quantity");
    BOOST_TEST(move(moving(stock_action::wasted, 10, stock_reason::power_cut)).event.on_hand == 0);
    BOOST_TEST(nation(place::wasted) == 10);
    is_refused(moving(stock_action::wasted, 1, stock_reason::power_cut), errc::not_on_hand,
               "quantity");
}

BOOST_FIXTURE_TEST_CASE(a_count_sets_the_book_and_settles_suspense, stocked) {
    move(moving(stock_action::wasted, 10, stock_reason::other));
    shoot(1, "L1");
    is_refused(moving(stock_action::counted, 7), errc::bad_field, "reason");
    is_refused(moving(stock_action::counted, 7, stock_reason::expired), errc::bad_field, "reason");
    const auto r = move(moving(stock_action::counted, 7, stock_reason::miscount));
    BOOST_TEST(r.event.moved == 7);
    BOOST_TEST(r.event.settled == 1);
    BOOST_TEST(row(a, lot).on_hand == 7);
    BOOST_TEST(row(a, lot).suspense == 0);
    BOOST_TEST(r.event.remaining == state.remaining(a));
    BOOST_TEST(nation(place::adjusted) == -8);
    // One that agrees needs no reason and is an entry all the same.
    pass(std::chrono::hours{1});
    move(moving(stock_action::counted, 7));
    BOOST_CHECK(row(a, lot).last_entry_at == now.recorded_at);
    BOOST_TEST(move(moving(stock_action::counted, 0, stock_reason::lost)).event.on_hand == 0);
}

BOOST_FIXTURE_TEST_CASE(what_is_sent_is_on_its_way_until_it_is_confirmed_there, stocked) {
    const auto sent = move(sending(stock_action::sent, 4, b));
    BOOST_TEST(sent.event.on_hand == 6);
    BOOST_TEST(row(b, lot).in_transit == 4);
    BOOST_TEST(row(b, lot).on_hand == 0);
    BOOST_TEST(state.clinics()[b].last_event == seq());
    BOOST_TEST(state.remaining(b) == 0);
    move_stock there = moving(stock_action::confirmed, 3, stock_reason::short_delivery);
    there.by.clinic = b;
    const auto arrived = move(there);
    BOOST_TEST(arrived.event.on_hand == 3);
    BOOST_TEST(arrived.event.difference == -1);
    BOOST_TEST(nation(place::discrepancy) == 1);
    is_refused(sending(stock_action::sent, 7, b), errc::not_on_hand, "quantity");
    is_refused(sending(stock_action::sent, 1, a), errc::bad_field, "to");
    move_stock nowhere = moving(stock_action::sent, 1);
    is_refused(nowhere, errc::bad_field, "to");
    nowhere.to = 99'999'999;
    is_refused(nowhere, errc::bad_field, "to");
}

BOOST_FIXTURE_TEST_CASE(a_return_goes_to_a_health_centre, stocked) {
    is_refused(sending(stock_action::sent_back, 1, b), errc::bad_field, "to");
    BOOST_TEST(move(sending(stock_action::sent_back, 1, centre)).event.on_hand == 9);
    BOOST_TEST(row(centre, lot).in_transit == 1);
}

BOOST_FIXTURE_TEST_CASE(doses_of_an_unknown_lot_are_assigned_to_the_right_one, stocked) {
    const lot_number unknown = dose(shoot(1, "WRONG").seq).lot;
    shoot(2, "WRONG");
    BOOST_TEST(row(a, unknown).suspense == -2);
    is_refused(assigning("WRONG", 3, "L1"), errc::not_in_suspense, "quantity");
    is_refused(assigning("L1", 1, "L1"), errc::not_in_suspense, "lot");
    is_refused(assigning("WRONG", 1, "WRONG"), errc::bad_field, "to_lot");
    is_refused(assigning("WRONG", 1, ""), errc::bad_field, "to_lot");
    const auto r = move(assigning("WRONG", 2, "L1"));
    BOOST_TEST(r.event.on_hand == 8);
    BOOST_TEST(r.event.suspense == 0);
    BOOST_TEST(r.event.remaining == 8);
    BOOST_TEST(row(a, unknown).suspense == 0);
    BOOST_TEST(row(a, lot).on_hand == 8);
    BOOST_TEST(nation(place::person) == 2);
    BOOST_TEST(state.lots()[unknown].nation[place::person] == 0);
    BOOST_TEST(state.lots()[unknown].nation.sum() == 0);
}

BOOST_FIXTURE_TEST_CASE(an_assignment_takes_no_more_than_is_on_hand, stocked) {
    move(moving(stock_action::wasted, 9, stock_reason::other));
    shoot(1, "WRONG");
    shoot(2, "WRONG");
    is_refused(assigning("WRONG", 2, "L1"), errc::not_on_hand, "quantity");
    move(assigning("WRONG", 1, "L1"));
    BOOST_TEST(row(a, lot).on_hand == 0);
}

BOOST_FIXTURE_TEST_CASE(doses_given_without_any_lot_are_assigned_by_an_empty_name, stocked) {
    move(moving(stock_action::wasted, 10, stock_reason::other));
    shoot(1, "");
    BOOST_TEST(row(a, 0).suspense == -1);
    move(moving(stock_action::confirmed, 50));
    move(assigning("", 1, "L1"));
    BOOST_TEST(row(a, 0).suspense == 0);
    BOOST_TEST(row(a, lot).on_hand == 49);
    is_refused(moving(stock_action::assigned, 1), errc::bad_field, "to_lot");
}

// An operator imports the lot after clinics have written it.
BOOST_FIXTURE_TEST_CASE(a_lot_that_was_imported_later_takes_what_stood_in_suspense_under_its_name,
                        stocked) {
    shoot(1, "L2");
    const lot_number imported = bring_lot("L2");
    ship(a, "L2", 5);
    const auto r = move(assigning("L2", 1, "L2"));
    BOOST_TEST(r.event.on_hand == 4);
    BOOST_TEST(r.event.suspense == 0);
    BOOST_TEST(row(a, imported).on_hand == 4);
    BOOST_TEST(state.remaining(a) == 14);
}

// Voided after it was settled: the dose is back, but in the account that it was taken from.
BOOST_FIXTURE_TEST_CASE(an_assignment_is_taken_back_for_a_dose_that_was_voided_since, stocked) {
    const sequence given = shoot(1, "WRONG").seq;
    const lot_number unknown = dose(given).lot;
    move(assigning("WRONG", 1, "L1"));
    ask<void_receipt>(command{taking_back(a, given)});
    BOOST_TEST(row(a, unknown).suspense == 1);
    BOOST_TEST(state.remaining(a) == 10);
    const auto r = move(assigning("WRONG", 1, "L1"));
    BOOST_TEST(r.event.moved == -1);
    BOOST_TEST(r.event.on_hand == 10);
    BOOST_TEST(row(a, unknown).suspense == 0);
    BOOST_TEST(nation(place::person) == 0);
}

BOOST_FIXTURE_TEST_CASE(what_belongs_to_another_kind_of_movement_is_refused, stocked) {
    move_stock c = moving(stock_action::wasted, 1, stock_reason::other);
    c.to = state.clinics()[b].code;
    is_refused(c, errc::bad_field, "to");
    c = moving(stock_action::confirmed, 1);
    c.to_lot = lot_text("L1");
    is_refused(c, errc::bad_field, "to_lot");
    c = assigning("L1", 1, "L1");
    c.reason = stock_reason::other;
    is_refused(c, errc::bad_field, "reason");
}

BOOST_FIXTURE_TEST_CASE(the_lot_must_be_known_and_the_account_clear, stocked) {
    move_stock c = moving(stock_action::confirmed, 1);
    c.lot = lot_text("L9");
    is_refused(c, errc::bad_field, "lot");
    shoot(1, "L9");  // written by a clinic, imported by nobody
    is_refused(c, errc::bad_field, "lot");
    ship(a, "L1", 5, true, funding::local);
    c = moving(stock_action::counted, 5);
    is_refused(c, errc::bad_field, "funding");
    c.funding = funding::local;
    BOOST_TEST(move(c).event.on_hand == 5);
    bring_lot("L1", date(2017, 6, 30), false, "OTHER");
    c = moving(stock_action::confirmed, 1);  // the other product's it has none of
    c.funding = funding::national;
    BOOST_TEST(move(c).event.on_hand == 11);
    move_stock elsewhere = moving(stock_action::confirmed, 1);
    elsewhere.by.clinic = b;
    is_refused(elsewhere, errc::bad_field, "product");
    elsewhere.product = product_text("OTHER");
    BOOST_TEST(move(elsewhere).event.difference == 1);
}

BOOST_FIXTURE_TEST_CASE(the_same_key_is_known_also_from_a_registration, stocked) {
    const move_stock c = moving(stock_action::confirmed, 1);
    const auto r = move(c);
    BOOST_TEST(ask<known_key>(command{c}).seq == r.seq);
    const sequence given = shoot(1, "L1").seq;
    move_stock same = moving(stock_action::confirmed, 1);
    same.key = key(1);
    BOOST_TEST(ask<known_key>(command{same}).seq == given);
    register_dose late = shot(a, 2);
    late.key = c.key;
    BOOST_TEST(ask<known_key>(command{std::move(late)}).seq == r.seq);
}

BOOST_FIXTURE_TEST_CASE(a_movement_keeps_when_it_occurred_which_is_not_ahead, stocked) {
    move_stock c = moving(stock_action::wasted, 1, stock_reason::power_cut);
    c.occurred_at = now.recorded_at - std::chrono::hours{30};
    BOOST_CHECK(move(c).event.occurred_at == *c.occurred_at);
    BOOST_CHECK(row(a, lot).last_entry_at == now.recorded_at);
    c = moving(stock_action::wasted, 1, stock_reason::power_cut);
    BOOST_CHECK(move(c).event.occurred_at == now.recorded_at);
    c = moving(stock_action::wasted, 1, stock_reason::power_cut);
    c.occurred_at = now.recorded_at + limits::occurred_ahead_max;
    move(c);
    c.key = key(++last_key);
    *c.occurred_at += std::chrono::milliseconds{1};
    is_refused(c, errc::future_date, "occurred_at");
}

BOOST_FIXTURE_TEST_CASE(a_movement_is_audited_with_who_and_when, stocked) {
    move_stock c = moving(stock_action::confirmed, 1);
    c.by.device = 7;
    c.by.user = user_code("NURSE-7");
    const auto r = move(c);
    const audit_record& told = audit.back();
    BOOST_CHECK(told.action == audit_action::moved);
    BOOST_TEST(told.subject == r.seq);
    BOOST_TEST(told.by.device == 7u);
    BOOST_CHECK(told.by.user == user_code("NURSE-7"));
    BOOST_CHECK(told.at == now.recorded_at);
    BOOST_CHECK(r.event.user == user_code("NURSE-7"));
}

BOOST_FIXTURE_TEST_CASE(an_account_counts_so_many_and_no_more, stocked) {
    constexpr std::int32_t at_once = limits::shipment_doses_max;
    is_refused(moving(stock_action::confirmed, at_once + 1), errc::bad_field, "quantity");
    is_refused(moving(stock_action::counted, -1, stock_reason::lost), errc::bad_field, "quantity");
    move(moving(stock_action::counted, 0, stock_reason::lost));
    move(moving(stock_action::confirmed, 50));
    for (int n = 0; n < limits::account_doses_max / at_once - 1; ++n) {
        move(moving(stock_action::confirmed, at_once));
    }
    BOOST_TEST(move(moving(stock_action::confirmed, at_once - 50)).event.on_hand ==
               limits::account_doses_max);
    is_refused(moving(stock_action::confirmed, 1), errc::limit_reached, "quantity");
    // On their way to another: as many, and no more.
    for (int n = 0; n < limits::account_doses_max / at_once; ++n) {
        move(sending(stock_action::sent, at_once, b));
    }
    move(moving(stock_action::confirmed, 1));
    is_refused(sending(stock_action::sent, 1, b), errc::limit_reached, "to");
    const refusal shipped =
        refused(ship_doses{state.clinics()[b].code, lot_text("L1"), {}, funding::national, 1});
    BOOST_CHECK(shipped.code == errc::limit_reached);
    BOOST_TEST(shipped.field == "quantity");
}

BOOST_FIXTURE_TEST_CASE(a_clinic_has_so_many_accounts_and_no_more, stocked) {
    for (std::size_t n = state.clinics()[b].accounts.size(); n < limits::accounts_per_clinic_max;
         ++n) {
        const std::string name = "B" + std::to_string(n);
        bring_lot(name);
        ship(b, name, 1);
    }
    is_refused(sending(stock_action::sent, 1, b), errc::limit_reached, "to");
    move_stock c = moving(stock_action::confirmed, 1);
    c.by.clinic = b;
    is_refused(c, errc::limit_reached, "lot");
    c.lot = lot_text("B7");
    move(c);
}

BOOST_FIXTURE_TEST_CASE(what_was_used_too_early_is_made_good_from_the_clinics_own, stocked) {
    const auto r = move(moving(stock_action::replaced, 7));
    BOOST_TEST(r.event.moved == 7);
    BOOST_TEST(r.event.on_hand == 17);
    BOOST_TEST(r.event.in_transit == 50);
    BOOST_TEST(r.event.remaining == 17);
    BOOST_TEST(row(a, lot).on_hand == 17);
    // The nation gave what it gave, and there is more now than that.
    BOOST_TEST(nation(place::own) == -7);
    BOOST_TEST(nation(place::nation) == -60);
    BOOST_TEST(state.lots()[lot].nation.sum() == 0);
    // It explains no dose in suspense: those were of a delivery that is yet to be confirmed.
    shoot(1, "L2");
    move(assigning("L2", 1, "L1"));
    BOOST_TEST(row(a, lot).on_hand == 16);
}

BOOST_FIXTURE_TEST_CASE(a_clinic_that_has_nothing_of_the_lot_can_make_good_with_it, stocked) {
    move_stock c = moving(stock_action::replaced, 3);
    c.by.clinic = b;
    BOOST_TEST(move(c).event.on_hand == 3);
    BOOST_TEST(row(b, lot).on_hand == 3);
    is_refused(moving(stock_action::replaced, 0), errc::bad_field, "quantity");
    is_refused(moving(stock_action::replaced, 1, stock_reason::other), errc::bad_field, "reason");
    is_refused(sending(stock_action::replaced, 1, b), errc::bad_field, "to");
    move_stock unknown = moving(stock_action::replaced, 1);
    unknown.lot = lot_text("L9");
    is_refused(unknown, errc::bad_field, "lot");
}

BOOST_AUTO_TEST_SUITE_END()
