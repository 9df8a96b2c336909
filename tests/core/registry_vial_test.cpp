#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_vial_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

struct one_clinic : desk {
    programme_number season = define(season_2016_17());
    clinic_number a = open_clinic();
    std::uint64_t next_person = 1;

    register_dose from(std::string_view lot, std::uint8_t confirmed = 0) {
        register_dose c = shot(a, next_person++);
        c.lot = lot_text{lot};
        c.confirmed = confirmed;
        return c;
    }
    register_dose from_any() { return from(""); }

    stock_row row_of(lot_number lot) {
        const auto rows = stock(a, lot);
        BOOST_REQUIRE(rows.size() == 1u);
        return rows[0];
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(without_a_lot_the_one_that_expires_first_is_used, one_clinic) {
    const lot_number late = bring_lot("LATE", date(2017, 9, 30));
    const lot_number soon = bring_lot("SOON", date(2016, 12, 31));
    const lot_number gone = bring_lot("GONE", date(2016, 11, 30));
    const lot_number coming = bring_lot("COMING", date(2016, 10, 31));
    const lot_number expired = bring_lot("EXPIRED", date(2016, 10, 3));
    const lot_number recalled = bring_lot("RECALLED", date(2016, 10, 30), true);
    ship(a, "LATE", 5);
    ship(a, "SOON", 2);
    ship(a, "COMING", 5, false);
    ship(a, "EXPIRED", 5);
    ship(a, "RECALLED", 5);
    for (const lot_number chosen : {soon, soon, late, late}) {
        const dose_receipt receipt = record(from_any());
        BOOST_TEST(dose(receipt.seq).lot == chosen);
        BOOST_TEST(receipt.flags == 0u);
    }
    BOOST_TEST(row_of(soon).on_hand == 0);
    BOOST_TEST(row_of(late).on_hand == 3);
    BOOST_TEST(row_of(coming).in_transit == 5);
    BOOST_TEST(row_of(expired).on_hand == 5);
    BOOST_TEST(row_of(recalled).on_hand == 5);
    BOOST_TEST(stock(a, gone).empty());
}

BOOST_FIXTURE_TEST_CASE(a_lot_may_be_used_on_its_last_day, one_clinic) {
    const lot_number lot = bring_lot("TODAY", date(2016, 10, 4));
    bring_lot("LATER");
    ship(a, "LATER", 5);
    ship(a, "TODAY", 5);
    BOOST_TEST(dose(record(from_any()).seq).lot == lot);
    BOOST_TEST(record(from("TODAY")).flags == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_named_lot_is_used_however_it_is_spelled, one_clinic) {
    const lot_number lot = bring_lot("AB-12");
    bring_lot("SOONER", date(2016, 10, 31));
    ship(a, "AB-12", 5);
    ship(a, "SOONER", 5);
    BOOST_TEST(dose(record(from("AB-12")).seq).lot == lot);
    BOOST_TEST(dose(record(from("ab-12")).seq).lot == lot);
    BOOST_TEST(row_of(lot).on_hand == 3);
}

BOOST_FIXTURE_TEST_CASE(a_product_tells_equal_lot_numbers_apart, one_clinic) {
    const lot_number three = bring_lot("L1", date(2016, 12, 31), false, "FLU3");
    const lot_number four = bring_lot("L1", date(2017, 6, 30), false, "FLU4");
    ask<shipment_receipt>(ship_doses{state.clinics()[a].code, lot_text{"L1"}, product_text{"FLU3"},
                                     funding::national, 5, true});
    ask<shipment_receipt>(ship_doses{state.clinics()[a].code, lot_text{"L1"}, product_text{"FLU4"},
                                     funding::national, 5, true});
    register_dose named = from("L1");
    named.product = product_text{"FLU4"};
    BOOST_TEST(dose(record(std::move(named)).seq).lot == four);
    register_dose product_alone = from_any();
    product_alone.product = product_text{"FLU4"};
    BOOST_TEST(dose(record(std::move(product_alone)).seq).lot == four);
    BOOST_TEST(dose(record(from_any()).seq).lot == three);
}

BOOST_FIXTURE_TEST_CASE(none_on_hand_is_a_negative_suspense_of_that_lot, one_clinic) {
    const lot_number lot = bring_lot("F1");
    ship(a, "F1", 1);
    const dose_receipt last = record(from("F1"));
    BOOST_TEST(last.flags == 0u);
    BOOST_TEST(last.remaining == 0);
    const dose_receipt over = record(from("F1"));
    BOOST_TEST(over.flags == flags({flag::stock_negative}));
    BOOST_CHECK(over.claim == claim_state::auto_ok);
    BOOST_TEST(over.remaining == -1);
    BOOST_CHECK(dose(over.seq).source == dose_source::suspense);
    BOOST_TEST(row_of(lot).on_hand == 0);
    BOOST_TEST(row_of(lot).suspense == -1);
    ship(a, "F1", 10);
    BOOST_TEST(record(from("F1")).remaining == 8);
    BOOST_TEST(row_of(lot).on_hand == 9);
    BOOST_TEST(row_of(lot).suspense == -1);
}

BOOST_FIXTURE_TEST_CASE(a_box_in_transit_is_not_on_hand, one_clinic) {
    const lot_number lot = bring_lot("F1");
    ship(a, "F1", 10, false);
    const dose_receipt receipt = record(from("F1"));
    BOOST_TEST(receipt.flags == flags({flag::stock_negative}));
    BOOST_TEST(receipt.remaining == -1);
    BOOST_TEST(row_of(lot).in_transit == 10);
    BOOST_TEST(row_of(lot).suspense == -1);
}

BOOST_FIXTURE_TEST_CASE(nothing_named_and_nothing_on_hand_is_suspense_of_no_lot, one_clinic) {
    const dose_receipt receipt = record(from_any());
    BOOST_TEST(receipt.flags == flags({flag::stock_negative}));
    BOOST_TEST(receipt.remaining == -1);
    BOOST_TEST(dose(receipt.seq).lot == 0u);
    BOOST_TEST(row_of(0).suspense == -1);
}

BOOST_FIXTURE_TEST_CASE(an_unknown_lot_is_kept_as_it_was_written, one_clinic) {
    bring_lot("F1");
    ship(a, "F1", 10);
    const dose_receipt receipt = record(from("What-1s-It"));
    BOOST_TEST(receipt.flags == flags({flag::lot_unknown}));
    BOOST_CHECK(receipt.claim == claim_state::auto_ok);
    BOOST_TEST(receipt.remaining == 9);
    const lot_number noted = dose(receipt.seq).lot;
    BOOST_REQUIRE(noted != 0u);
    BOOST_TEST(shown.lot(noted).lot.view() == "What-1s-It");
    BOOST_TEST(!shown.lot(noted).verified);
    BOOST_TEST(row_of(noted).suspense == -1);

    const dose_receipt again = record(from("WHAT-1S-IT"));
    BOOST_TEST(again.flags == flags({flag::lot_unknown}));
    BOOST_TEST(dose(again.seq).lot == noted);
    BOOST_TEST(row_of(noted).suspense == -2);
}

BOOST_FIXTURE_TEST_CASE(a_lot_that_is_brought_later_is_known_from_then_on, one_clinic) {
    const lot_number noted = dose(record(from("F9")).seq).lot;
    const lot_number lot = bring_lot("f9");
    ship(a, "F9", 3);
    const dose_receipt receipt = record(from("F9"));
    BOOST_TEST(receipt.flags == 0u);
    BOOST_TEST(dose(receipt.seq).lot == lot);
    BOOST_TEST(receipt.remaining == 1);
    BOOST_TEST(row_of(noted).suspense == -1);
    BOOST_TEST(row_of(lot).on_hand == 2);
}

BOOST_FIXTURE_TEST_CASE(an_expired_lot_is_asked_about_and_recorded_when_confirmed, one_clinic) {
    const lot_number lot = bring_lot("OLD", date(2016, 10, 3));
    ship(a, "OLD", 5);
    const sequence before = seq();
    for (const std::string_view named : {"OLD", ""}) {  // the only one on hand
        const refusal no = refused(from(named));
        BOOST_CHECK(no.code == errc::lot_expired);
        BOOST_TEST(no.confirm == confirm_expired);
    }
    BOOST_CHECK(refused(from("OLD", confirm_recalled)).code == errc::lot_expired);
    BOOST_TEST(seq() == before);

    const dose_receipt receipt = record(from("OLD", confirm_expired));
    BOOST_TEST(receipt.flags == flags({flag::lot_expired}));
    BOOST_CHECK(receipt.claim == claim_state::review);
    BOOST_TEST(dose(receipt.seq).confirmed);
    BOOST_TEST(row_of(lot).on_hand == 4);
}

BOOST_FIXTURE_TEST_CASE(a_recalled_lot_is_asked_about_and_recorded_when_confirmed, one_clinic) {
    const lot_number lot = bring_lot("BAD", date(2017, 6, 30), true);
    ship(a, "BAD", 5);
    const refusal no = refused(from("BAD"));
    BOOST_CHECK(no.code == errc::lot_recalled);
    BOOST_TEST(no.confirm == confirm_recalled);
    const dose_receipt receipt = record(from("BAD", confirm_recalled));
    BOOST_TEST(receipt.flags == flags({flag::lot_recalled}));
    BOOST_CHECK(receipt.claim == claim_state::review);
    BOOST_TEST(row_of(lot).on_hand == 4);
}

BOOST_FIXTURE_TEST_CASE(expired_and_recalled_wants_both_confirmed, one_clinic) {
    bring_lot("WORST", date(2016, 10, 3), true);
    ship(a, "WORST", 5);
    refused(from("WORST"));
    refused(from("WORST", confirm_expired));
    refused(from("WORST", confirm_recalled));
    const dose_receipt receipt = record(from("WORST", confirm_expired | confirm_recalled));
    BOOST_TEST(receipt.flags == flags({flag::lot_expired, flag::lot_recalled}));
    BOOST_CHECK(receipt.claim == claim_state::review);
}

BOOST_FIXTURE_TEST_CASE(whether_a_lot_had_expired_is_judged_by_the_day_of_the_shot, one_clinic) {
    bring_lot("OLD", date(2016, 10, 4));
    ship(a, "OLD", 5);
    go_to(date(2016, 10, 10));
    register_dose in_time = from("OLD");
    in_time.occurred_at = date(2016, 10, 4) + 14h + 59min;
    BOOST_TEST(record(std::move(in_time)).flags == flags({flag::late}));
    register_dose too_late = from("OLD");
    too_late.occurred_at = date(2016, 10, 4) + 15h;
    BOOST_CHECK(refused(std::move(too_late)).code == errc::lot_expired);
}

BOOST_FIXTURE_TEST_CASE(a_row_of_a_batch_is_recorded_for_review_unasked, one_clinic) {
    bring_lot("WORST", date(2016, 10, 3), true);
    ship(a, "WORST", 5);
    register_dose c = from("WORST");
    c.in_batch = true;
    const dose_receipt receipt = record(std::move(c));
    BOOST_TEST(receipt.flags == flags({flag::lot_expired, flag::lot_recalled}));
    BOOST_CHECK(receipt.claim == claim_state::review);
    BOOST_TEST(!dose(receipt.seq).offline);
    BOOST_TEST(!dose(receipt.seq).confirmed);
}

BOOST_FIXTURE_TEST_CASE(an_offline_row_is_recorded_for_review_unasked, one_clinic) {
    bring_lot("WORST", date(2016, 10, 3), true);
    ship(a, "WORST", 5);
    register_dose c = from("WORST");
    c.offline = true;
    const dose_receipt receipt = record(std::move(c));
    BOOST_TEST(receipt.flags == flags({flag::lot_expired, flag::lot_recalled}));
    BOOST_CHECK(receipt.claim == claim_state::review);
    BOOST_TEST(dose(receipt.seq).offline);
    BOOST_TEST(!dose(receipt.seq).confirmed);
}

BOOST_FIXTURE_TEST_CASE(fundings_of_a_lot_are_accounts_apart, one_clinic) {
    const lot_number lot = bring_lot("F1");
    ship(a, "F1", 1, true, funding::national);
    ship(a, "F1", 5, true, funding::local);
    BOOST_REQUIRE(stock(a, lot).size() == 2u);
    register_dose county = from("F1");
    county.funding = funding::local;
    BOOST_CHECK(dose(record(std::move(county)).seq).funding == funding::local);
    // The phase's funding first, then whatever there is.
    BOOST_CHECK(dose(record(from("F1")).seq).funding == funding::national);
    BOOST_CHECK(dose(record(from("F1")).seq).funding == funding::local);
    register_dose national = from("F1");
    national.funding = funding::national;
    const dose_receipt over = record(std::move(national));
    BOOST_TEST(over.flags == flags({flag::stock_negative}));
    BOOST_CHECK(dose(over.seq).funding == funding::national);
    BOOST_TEST(over.remaining == 2);
    for (const stock_row& row : stock(a, lot)) {
        BOOST_TEST(row.on_hand == (row.funding == funding::local ? 3 : 0));
        BOOST_TEST(row.suspense == (row.funding == funding::local ? 0 : -1));
    }
}

// A lot of one programme given in another takes nothing from the first one's stock.
BOOST_FIXTURE_TEST_CASE(stock_is_of_its_programme, one_clinic) {
    define(open_season("COVID", date(2016, 10, 1), date(2016, 10, 31)));
    const lot_number lot = bring_lot("C1", date(2017, 6, 30), false, "MRNA", "COVID");
    ship(a, "C1", 5);
    register_dose c = from("C1");
    c.programme = season;
    const dose_receipt receipt = record(std::move(c));
    BOOST_TEST(receipt.flags == flags({flag::stock_negative}));
    BOOST_TEST(receipt.remaining == -1);
    BOOST_TEST(shown.remaining(season) == -1);
    BOOST_TEST(shown.remaining(1) == 5);
    BOOST_TEST(state.lots()[lot].nation.sum() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
