#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>

BOOST_AUTO_TEST_SUITE(registry_limits_test)

using namespace doseline::core;
using namespace doseline::test;

// Every limit of the domain at its number and one past it.
namespace {

register_clinic clinic_of(std::uint32_t code, std::uint32_t region) {
    return {code, region, facility_kind::clinic, "", date(2016, 1, 1), date(2017, 12, 31)};
}

std::size_t accounts_of_lots(const desk& d, clinic_number clinic) {
    const auto& accounts = d.state.clinics()[clinic].accounts;
    return static_cast<std::size_t>(std::count_if(accounts.begin(), accounts.end(),
                                                  [](const account& a) { return a.lot != 0; }));
}

// A clinic that has an account of each lot L0, L1 ... that it may have, all shipped.
struct full_clinic : desk {
    programme_number season = define(season_2016_17());
    clinic_number a = open_clinic();
    clinic_number b = open_clinic();

    full_clinic() {
        for (std::size_t i = 0; i < limits::accounts_per_clinic_max; ++i) {
            bring_lot("L" + std::to_string(i));
            ship(a, "L" + std::to_string(i), 1);
        }
        bring_lot("MORE");
    }
    dose_receipt give(clinic_number clinic, std::uint64_t n, std::string_view lot,
                      std::optional<funding> paid = std::nullopt) {
        register_dose c = shot(clinic, n);
        c.lot = lot_text{lot};
        c.funding = paid;
        return record(std::move(c));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(programmes, desk) {
    for (unsigned n = 0; n < limits::programmes_max; ++n) {
        define(open_season("P" + std::to_string(n), date(2016, 1, 1), date(2016, 1, 2)));
    }
    const auto season = [](std::string code) {
        return define_programme{std::make_shared<const programme>(
            open_season(std::move(code), date(2016, 1, 1), date(2016, 1, 2)))};
    };
    BOOST_CHECK(refused(season("ONE-MORE")).code == errc::limit_reached);
    BOOST_TEST(ask<accepted>(season("P3")).number == 3u);  // a new version takes no more room
}

BOOST_FIXTURE_TEST_CASE(regions, desk) {
    for (std::uint32_t n = 0; n < limits::regions_max; ++n) {
        ask<accepted>(clinic_of(10'000'000 + n, 10'000 + n));
    }
    const refusal no = refused(clinic_of(20'000'000, 99'999));
    BOOST_CHECK(no.code == errc::limit_reached);
    BOOST_TEST(no.field == "region");
    ask<accepted>(clinic_of(20'000'000, 10'000));
    BOOST_TEST(state.regions() == limits::regions_max);
}

// Without publishing: a million cards are another test's.
BOOST_AUTO_TEST_CASE(clinics) {
    registry state;
    decided into;
    const moment now{instant{}, 0};
    for (std::uint32_t n = 0; n < limits::clinics_max; ++n) {
        into.clear();
        state.decide(clinic_of(10'000'000 + n, 11'500), now, n + 1, into);
        BOOST_REQUIRE(into.events.size() == 1u);
        state.apply(into.events[0], n + 1);
    }
    into.clear();
    const outcome answer =
        state.decide(clinic_of(20'000'000, 11'500), now, limits::clinics_max + 1, into);
    BOOST_CHECK(std::get<refusal>(answer).code == errc::limit_reached);
    BOOST_TEST(into.events.empty());
}

BOOST_FIXTURE_TEST_CASE(lots, desk) {
    define(season_2016_17());
    const clinic_number a = open_clinic();
    for (std::uint32_t n = 1; n + 1 < limits::lots_max; ++n) {  // 0 is no lot
        bring_lot("L" + std::to_string(n));
    }
    register_dose last = shot(a, 1);
    last.lot = lot_text{"UNKNOWN-1"};
    BOOST_TEST(dose(record(std::move(last)).seq).lot == limits::lots_max - 1);

    const refusal no = refused(register_lot{"2016-17", lot_text{"ONE-MORE"}, product_text{"FLU4"},
                                            date(2017, 6, 30), false});
    BOOST_CHECK(no.code == errc::limit_reached);
    BOOST_TEST(no.field == "lot");
    register_dose unknown = shot(a, 2);
    unknown.lot = lot_text{"UNKNOWN-2"};
    const dose_receipt receipt = record(std::move(unknown));  // a shot is a fact all the same
    BOOST_TEST(receipt.flags == flags({flag::lot_unknown}));
    BOOST_TEST(dose(receipt.seq).lot == 0u);
    BOOST_TEST(receipt.remaining == -2);
    BOOST_TEST(state.lots().size() == limits::lots_max);
}

BOOST_FIXTURE_TEST_CASE(accounts_of_a_clinic_by_shipment, full_clinic) {
    const auto shipment = [&](std::string_view lot) {
        return ship_doses{
            state.clinics()[a].code, lot_text{lot}, product_text{}, funding::national, 5, true};
    };
    const refusal no = refused(shipment("MORE"));
    BOOST_CHECK(no.code == errc::limit_reached);
    BOOST_TEST(no.field == "lot");
    ask<shipment_receipt>(shipment("L0"));
    BOOST_TEST(stock(a).size() == limits::accounts_per_clinic_max);
}

BOOST_FIXTURE_TEST_CASE(accounts_of_a_clinic_by_registration, full_clinic) {
    BOOST_TEST(give(a, 1, "L0").flags == 0u);
    const dose_receipt own = give(a, 2, "L0");  // its account is there, and empty
    BOOST_TEST(own.flags == flags({flag::stock_negative}));
    BOOST_CHECK(shown.lot(dose(own.seq).lot).lot.view() == "L0");

    const dose_receipt known = give(a, 3, "MORE");
    BOOST_TEST(known.flags == flags({flag::stock_negative}));
    BOOST_TEST(dose(known.seq).lot == 0u);
    const dose_receipt unknown = give(a, 4, "NOBODY-KNOWS");
    BOOST_TEST(unknown.flags == flags({flag::lot_unknown}));
    BOOST_TEST(dose(unknown.seq).lot == 0u);
    BOOST_TEST(unknown.remaining == static_cast<int>(limits::accounts_per_clinic_max) - 4);

    give(b, 5, "WRITTEN");  // and by another clinic before
    BOOST_TEST(dose(give(a, 6, "WRITTEN").seq).lot == 0u);
    BOOST_TEST(accounts_of_lots(*this, a) == limits::accounts_per_clinic_max);
}

BOOST_FIXTURE_TEST_CASE(accounts_of_a_clinic_by_another_funding, full_clinic) {
    BOOST_TEST(dose(give(a, 1, "L0", funding::local).seq).lot == 0u);
    BOOST_TEST(accounts_of_lots(*this, a) == limits::accounts_per_clinic_max);
}

// A private dose takes no account, so its lot needs no room.
BOOST_FIXTURE_TEST_CASE(a_full_clinic_still_names_the_lot_of_a_private_dose, full_clinic) {
    const dose_receipt receipt = give(a, 1, "MORE", funding::private_pay);
    BOOST_CHECK(shown.lot(dose(receipt.seq).lot).lot.view() == "MORE");
}

// A dose of another programme's lot opens an account that this lot's shipments do not use.
BOOST_FIXTURE_TEST_CASE(accounts_of_a_clinic_by_programme, desk) {
    const programme_number season = define(season_2016_17());
    define(open_season("COVID", date(2016, 10, 1), date(2016, 10, 31)));
    const clinic_number a = open_clinic();
    bring_lot("C1", date(2017, 6, 30), false, "MRNA", "COVID");
    register_dose c = shot(a, 1);
    c.programme = season;
    c.lot = lot_text{"C1"};
    record(std::move(c));
    for (std::size_t i = 1; i < limits::accounts_per_clinic_max; ++i) {
        bring_lot("L" + std::to_string(i));
        ship(a, "L" + std::to_string(i), 1);
    }
    BOOST_CHECK(refused(ship_doses{state.clinics()[a].code, lot_text{"C1"}, product_text{},
                                   funding::national, 5, true})
                    .code == errc::limit_reached);
    BOOST_TEST(accounts_of_lots(*this, a) == limits::accounts_per_clinic_max);
}

// All but the last two are as a restart finds them in the audit: no clinic could have made them.
BOOST_FIXTURE_TEST_CASE(holds_of_all_clinics, desk) {
    define(season_2016_17());
    const clinic_number a = open_clinic();
    const clinic_number b = open_clinic();
    audit_record held;
    held.action = audit_action::checked;
    held.at = now.recorded_at;
    held.by.clinic = a;
    held.programme = 0;
    held.hold_seconds = static_cast<std::uint16_t>(std::chrono::seconds(limits::hold_time).count());
    for (std::size_t n = 1; n < limits::holds_max; ++n) {
        held.person = person(n);
        state.apply(held, now.steady);
    }
    const check_answer last = check(asking(b, limits::holds_max));
    BOOST_TEST(last.hold_until.has_value());
    BOOST_TEST(state.holds() == limits::holds_max);
    const check_answer one_more = check(asking(b, limits::holds_max + 1));
    BOOST_CHECK(one_more.decision ==
                decision::eligible);  // it may be given, and is held for nobody
    BOOST_TEST(!one_more.hold_until.has_value());
    BOOST_TEST(check(asking(b, limits::holds_max)).hold_until.has_value());  // renewed: no more
    BOOST_TEST(state.holds() == limits::holds_max);
}

BOOST_AUTO_TEST_CASE(a_programme_is_settled_a_year_after_its_end) {
    const programme_list all{
        std::make_shared<const programme>(open_season("P", date(2016, 1, 1), date(2016, 6, 30)))};
    const auto settled_on = [&](civil_day day) {
        return settled_programmes(all, 0, instant(day) - all[0]->offset);
    };
    const civil_day last = date(2016, 6, 30) + limits::settled_after;
    BOOST_TEST(settled_on(last) == 0u);
    BOOST_TEST(settled_on(last + std::chrono::days{1}) == 1u);
    BOOST_TEST(settled_programmes(all, 1, instant(date(2016, 1, 1))) == 1u);  // and stays so
}

BOOST_AUTO_TEST_SUITE_END()
