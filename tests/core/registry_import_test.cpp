#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(registry_import_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

void told(const refusal& no, errc code, std::string_view field) {
    BOOST_TEST(code_name(no.code) == code_name(code));
    BOOST_TEST(no.field == field);
}

register_clinic clinic_of(std::uint32_t code, std::uint32_t region = 11'500) {
    return {code, region, facility_kind::clinic, "A clinic", date(2016, 1, 1), date(2017, 12, 31)};
}

register_lot lot_of(std::string_view lot, std::string_view product = "FLU4",
                    std::string programme = "2016-17") {
    return {std::move(programme), lot_text{lot}, product_text{product}, date(2017, 6, 30), false};
}

define_programme season_of(std::string code) {
    return {std::make_shared<const programme>(
        open_season(std::move(code), date(2016, 10, 1), date(2016, 10, 31)))};
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(numbers_are_given_in_order, desk) {
    BOOST_TEST(ask<accepted>(season_of("A")).number == 0u);
    BOOST_TEST(ask<accepted>(season_of("B")).number == 1u);
    BOOST_TEST(ask<accepted>(clinic_of(10'000'000)).number == 0u);
    BOOST_TEST(ask<accepted>(clinic_of(10'000'001)).number == 1u);
    BOOST_TEST(ask<accepted>(lot_of("L1", "FLU4", "A")).number == 1u);
    BOOST_TEST(ask<accepted>(lot_of("L2", "FLU4", "B")).number == 2u);
    BOOST_TEST(state.lots()[2].programme == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_programme_told_again_is_its_next_version, desk) {
    define(season_2016_17());
    define(open_season("OTHER", date(2016, 1, 1), date(2016, 1, 31)));
    programme longer = season_2016_17();
    longer.phases[0].closes = date(2016, 12, 31);
    BOOST_TEST(define(longer) == 0u);
    BOOST_TEST(state.programmes().size() == 2u);
    BOOST_TEST(shown.programmes()[0]->version == 2u);
    BOOST_CHECK(shown.programmes()[0]->phases[0].closes == date(2016, 12, 31));
    BOOST_TEST(define(longer) == 0u);
    BOOST_TEST(shown.programmes()[0]->version == 3u);
    BOOST_TEST(shown.programmes()[1]->version == 1u);
    const dose_receipt receipt = record(shot(open_clinic(), 1));
    BOOST_TEST(dose(receipt.seq).programme_version == 3u);
}

// From a file, one record for all of it is the console's to make.
BOOST_FIXTURE_TEST_CASE(what_an_operator_brings_in_while_it_serves_is_audited, desk) {
    const auto from_there = [](auto command) {
        command.from = network_address{std::byte{127}, std::byte{7}};
        return command;
    };
    const auto leaves_one = [&](const command& c) {
        const std::size_t before = audit.size();
        run(c);
        BOOST_REQUIRE(audit.size() == before + 1);
        const audit_record& told = audit.back();
        BOOST_TEST(name_of(told.action) == "BROUGHT_IN");
        BOOST_TEST(told.subject == seq());
        BOOST_TEST(told.by.clinic == no_clinic);
        BOOST_CHECK(told.by.address == (network_address{std::byte{127}, std::byte{7}}));
        BOOST_CHECK(told.at == now.recorded_at);
    };
    register_lot lot = lot_of("L1", "FLU4", "A");
    leaves_one(from_there(season_of("A")));
    leaves_one(from_there(clinic_of(10'000'000)));
    leaves_one(from_there(lot));
    lot.recalled = true;
    leaves_one(from_there(lot));
    leaves_one(from_there(
        ship_doses{10'000'000, lot_text{"L1"}, product_text{}, funding::national, 10, false}));
    const std::size_t before = audit.size();
    run(from_there(lot));  // refused: it is recalled already
    run(season_of("B"));
    run(clinic_of(10'000'001));
    run(lot_of("L2", "FLU4", "B"));
    run(ship_doses{10'000'001, lot_text{"L2"}, product_text{}, funding::national, 10, true});
    BOOST_TEST(audit.size() == before);
}

BOOST_FIXTURE_TEST_CASE(what_an_operator_does_to_the_program_is_audited_and_no_event, desk) {
    const network_address there{std::byte{127}, std::byte{7}};
    const sequence before = seq();
    run(note_act{operator_act::drain, there});
    BOOST_REQUIRE(audit.size() == 1u);
    BOOST_TEST(name_of(audit[0].action) == "OPERATED");
    BOOST_TEST(name_of(audit[0].act) == "drain");
    BOOST_TEST(audit[0].by.clinic == no_clinic);
    BOOST_CHECK(audit[0].by.address == there);
    BOOST_CHECK(audit[0].at == now.recorded_at);
    BOOST_TEST(audit[0].subject == 0u);
    BOOST_TEST(seq() == before);
}

BOOST_FIXTURE_TEST_CASE(a_clinic_is_registered_once, desk) {
    ask<accepted>(clinic_of(12'345'678));
    const sequence before = seq();
    told(refused(clinic_of(12'345'678, 26'110)), errc::already_exists, "code");
    BOOST_TEST(seq() == before);
    BOOST_CHECK(shown.find_clinic(12'345'678) == 0u);
    BOOST_TEST(shown.clinic(0).region == 11'500u);
    BOOST_CHECK(!shown.find_clinic(12'345'679));
}

BOOST_FIXTURE_TEST_CASE(a_lot_is_registered_once_of_each_product, desk) {
    define(season_2016_17());
    ask<accepted>(lot_of("AB1"));
    told(refused(lot_of("AB1")), errc::already_exists, "lot");
    told(refused(lot_of("ab1")), errc::already_exists, "lot");
    BOOST_TEST(ask<accepted>(lot_of("AB1", "FLU3")).number == 2u);
    told(refused(lot_of("AB2", "FLU4", "2017-18")), errc::not_found, "programme");
    BOOST_TEST(state.lots().size() == 3u);
}

BOOST_FIXTURE_TEST_CASE(a_lot_told_again_is_recalled_and_its_shots_want_a_confirmation, desk) {
    define(season_2016_17());
    const clinic_number a = open_clinic();
    const lot_number lot = bring_lot("F1");
    ship(a, "F1", 10);
    const auto recall = [](bool recalled, std::string_view name = "F1") {
        register_lot c = lot_of(name);
        c.recalled = recalled;
        return c;
    };
    told(refused(recall(false)), errc::already_exists, "lot");
    record(shot(a, 1));
    BOOST_TEST(!shown.recalled(lot));
    BOOST_TEST(ask<accepted>(recall(true, "f1")).number == lot);
    BOOST_TEST(state.lots().size() == 2u);
    BOOST_TEST(shown.recalled(lot));
    told(refused(recall(true)), errc::already_exists, "lot");
    const refusal asked = refused(shot(a, 2));
    BOOST_CHECK(asked.code == errc::lot_recalled);
    BOOST_TEST(asked.confirm == confirm_recalled);
    register_dose confirmed = shot(a, 2);
    confirmed.confirmed = confirm_recalled;
    const dose_receipt r = record(std::move(confirmed));
    BOOST_TEST(r.flags == bit(flag::lot_recalled));
    BOOST_CHECK(r.claim == claim_state::review);
    ask<accepted>(recall(false));
    BOOST_TEST(!shown.recalled(lot));
    BOOST_TEST(record(shot(a, 3)).flags == 0u);
}

// Rather another lot, or a slip of the pen.
BOOST_FIXTURE_TEST_CASE(a_recall_changes_nothing_else, desk) {
    define(season_2016_17());
    ask<accepted>(season_of("OTHER"));
    bring_lot("F1");
    register_lot c = lot_of("F1");
    c.recalled = true;
    c.expires += std::chrono::days{1};
    told(refused(c), errc::bad_field, "expires");
    c = lot_of("F1", "FLU4", "OTHER");
    c.recalled = true;
    told(refused(c), errc::bad_field, "programme");
    BOOST_TEST(!state.lots()[1].recalled);
}

BOOST_FIXTURE_TEST_CASE(a_shipment_needs_a_clinic_and_a_lot_that_are_known, desk) {
    define(season_2016_17());
    const clinic_number a = open_clinic();
    const std::uint32_t code = state.clinics()[a].code;
    bring_lot("F1");
    register_dose c = shot(a, 1);
    c.lot = lot_text{"WRITTEN"};
    record(std::move(c));
    const auto shipment = [&](std::uint32_t to, std::string_view lot, std::string_view product) {
        return ship_doses{to, lot_text{lot}, product_text{product}, funding::national, 10, true};
    };
    told(refused(shipment(code + 1, "F1", "")), errc::not_found, "clinic");
    told(refused(shipment(code, "F2", "")), errc::not_found, "lot");
    told(refused(shipment(code, "F1", "FLU3")), errc::not_found, "lot");
    told(refused(shipment(code, "WRITTEN", "")), errc::not_found, "lot");
    BOOST_TEST(ask<shipment_receipt>(shipment(code, "f1", "FLU4")).event.lot == 1u);
}

struct one_shipment : desk {
    one_shipment() {
        define(season_2016_17());
        a = open_clinic();
        b = open_clinic();
        lot = bring_lot("F1");
    }
    ship_doses with_key(std::uint64_t n, clinic_number to, std::int32_t quantity = 30) const {
        return {state.clinics()[to].code,
                lot_text{"F1"},
                {},
                funding::local,
                quantity,
                false,
                key(n),
                content(static_cast<std::uint64_t>(quantity))};
    }

    clinic_number a = 0;
    clinic_number b = 0;
    lot_number lot = 0;
};

BOOST_FIXTURE_TEST_CASE(a_shipment_is_told_with_its_event_and_carries_its_key, one_shipment) {
    const auto receipt = ask<shipment_receipt>(with_key(1, a));
    BOOST_TEST(receipt.seq == seq());
    BOOST_TEST(!receipt.replayed);
    BOOST_TEST(receipt.event.quantity == 30);
    const auto& e = std::get<stock_moved>(events.back());
    BOOST_CHECK(e.kind == movement::shipped);
    BOOST_TEST(e.clinic == a);
    BOOST_CHECK(e.key == key(1));
    BOOST_CHECK(e.content == content(30));
    BOOST_TEST(stock(a, lot)[0].in_transit == 30);
    BOOST_TEST(stock(a, lot)[0].on_hand == 0);
}

BOOST_FIXTURE_TEST_CASE(a_shipment_of_a_known_key_names_the_first_and_books_nothing, one_shipment) {
    const sequence first = ask<shipment_receipt>(with_key(1, a)).seq;
    const sequence before = seq();
    registry again;
    for (sequence at = 1; at <= events.size(); ++at) {
        again.apply(events[at - 1], at);
    }
    BOOST_TEST(again.keys().find(key(1)) == first);
    BOOST_TEST(ask<known_key>(command{with_key(1, a)}).seq == first);
    const auto other = ask<known_key>(command{with_key(1, b, 31)});  // told by its content
    BOOST_TEST(other.seq == first);
    BOOST_CHECK(other.content == content(31));
    ship_doses nonsense = with_key(1, a);
    nonsense.lot = lot_text{"NONE"};
    BOOST_TEST(ask<known_key>(command{nonsense}).seq == first);
    BOOST_TEST(seq() == before);
    BOOST_TEST(stock(a, lot)[0].in_transit == 30);
}

BOOST_FIXTURE_TEST_CASE(a_refused_shipment_does_not_consume_its_key, one_shipment) {
    ship_doses c = with_key(1, a);
    c.lot = lot_text{"F2"};
    told(refused(c), errc::not_found, "lot");
    bring_lot("F2");
    ask<shipment_receipt>(c);
}

BOOST_FIXTURE_TEST_CASE(shipments_without_a_key_are_each_another, one_shipment) {
    const std::size_t keys = state.keys().size();
    ship(a, "F1", 10);
    ship(a, "F1", 10);
    BOOST_TEST(stock(a, lot)[0].on_hand == 20);
    BOOST_TEST(state.keys().size() == keys);
}

BOOST_FIXTURE_TEST_CASE(doses_are_in_transit_until_they_are_received, desk) {
    define(season_2016_17());
    const clinic_number a = open_clinic();
    const lot_number lot = bring_lot("F1");
    ship(a, "F1", 30, false);
    ship(a, "F1", 12, true);
    const auto rows = stock(a, lot);
    BOOST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(rows[0].in_transit == 30);
    BOOST_TEST(rows[0].on_hand == 12);
    BOOST_TEST(rows[0].suspense == 0);
    BOOST_CHECK(rows[0].last_entry_at == now.recorded_at);
    BOOST_TEST(shown.remaining(0) == 12);
    BOOST_TEST(state.remaining_of_region(0) == 12);
    BOOST_TEST(state.lots()[lot].nation[place::nation] == -42);
}

BOOST_AUTO_TEST_SUITE_END()
