#include "core/published.hpp"

#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(published_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

clinic_card card(clinic_number n, std::uint32_t code) {
    return {n, code, 11'500, n % 7, facility_kind::clinic, "Clinic " + std::to_string(code)};
}

std::vector<stock_row> rows_of(const published& p, clinic_number n) {
    std::vector<stock_row> rows;
    p.read_stock(n, rows);
    return rows;
}

rc::Gen<std::int32_t> any_count() {
    return rc::gen::oneOf(rc::gen::arbitrary<std::int32_t>(),
                          rc::gen::element(std::numeric_limits<std::int32_t>::min(),
                                           std::numeric_limits<std::int32_t>::max(), -1, 0));
}

rc::Gen<stock_row> any_row() {
    return rc::gen::build<stock_row>(
        rc::gen::set(&stock_row::lot, rc::gen::arbitrary<lot_number>()),
        rc::gen::set(&stock_row::funding, rc::gen::element(funding::national, funding::local)),
        rc::gen::set(&stock_row::on_hand, any_count()),
        rc::gen::set(&stock_row::in_transit, any_count()),
        rc::gen::set(&stock_row::suspense, any_count()),
        rc::gen::set(&stock_row::last_entry_at,
                     rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t ms) {
                         return instant{std::chrono::milliseconds{ms}};
                     })));
}

}  // namespace

BOOST_AUTO_TEST_CASE(nothing_is_published_at_first) {
    const published p;
    BOOST_TEST(p.clinics() == 0u);
    BOOST_TEST(p.lots() == 1u);
    BOOST_TEST(p.lot(0).lot.empty());
    BOOST_TEST(p.programmes().empty());
    BOOST_TEST(p.seq() == 0u);
    BOOST_TEST(p.remaining(0) == 0);
    BOOST_CHECK(!p.find_clinic(10'000'000));
}

BOOST_AUTO_TEST_CASE(a_clinic_without_stock_has_no_rows) {
    published p;
    p.publish_clinic(card(0, 10'000'000));
    BOOST_TEST(rows_of(p, 0).empty());
}

BOOST_AUTO_TEST_CASE(rows_are_read_as_they_were_published) {
    const bool holds = rc::check("any rows of any length, one after the other", [] {
        static published p;
        static const bool made = (p.publish_clinic(card(0, 1)), p.publish_clinic(card(1, 2)), true);
        RC_ASSERT(made);
        const auto before = rows_of(p, 1);
        const auto rows = *rc::gen::container<std::vector<stock_row>>(any_row());
        const auto seq = *rc::gen::arbitrary<sequence>();
        p.publish_stock(0, rows, seq);
        std::vector<stock_row> read{7};
        RC_ASSERT(p.read_stock(0, read) == seq);
        RC_ASSERT(read == rows);
        RC_ASSERT(rows_of(p, 1) == before);
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(every_code_leads_to_its_card) {
    published p;
    constexpr std::uint32_t many = 20'000;
    const auto code_of = [](std::uint32_t n) { return 10'000'000 + n * 4'099 % 90'000'000; };
    for (std::uint32_t n = 0; n < many; ++n) {
        p.publish_clinic(card(n, code_of(n)));
    }
    BOOST_TEST(p.clinics() == many);
    bool all = true;
    for (std::uint32_t n = 0; n < many; ++n) {
        all = all && p.find_clinic(code_of(n)) == n && p.clinic(n).code == code_of(n) &&
              p.clinic(n).name == "Clinic " + std::to_string(code_of(n));
    }
    BOOST_TEST(all);
    BOOST_CHECK(!p.find_clinic(9'999'999));
    BOOST_CHECK(!p.find_clinic(0));
}

BOOST_AUTO_TEST_CASE(a_region_leads_to_its_clinics_the_newest_first) {
    published p;
    BOOST_TEST(p.newest_in_region(0) == no_clinic);
    for (std::uint32_t n = 0; n < 20; ++n) {
        p.publish_clinic(card(n, 10'000'000 + n));
    }
    std::vector<clinic_number> found;
    for (clinic_number n = p.newest_in_region(3); n != no_clinic; n = p.clinic(n).older_in_region) {
        found.push_back(n);
    }
    BOOST_TEST(found == (std::vector<clinic_number>{17, 10, 3}), boost::test_tools::per_element());
    BOOST_TEST(p.newest_in_region(7) == no_clinic);
}

BOOST_AUTO_TEST_CASE(the_directory_holds_as_many_clinics_as_there_may_be) {
    const auto p = std::make_unique<published>();
    for (std::uint32_t n = 0; n < limits::clinics_max; ++n) {
        p->publish_clinic({n, 10'000'000 + n, 0, 0, facility_kind::clinic, ""});
    }
    BOOST_TEST(p->clinics() == limits::clinics_max);
    bool all = true;
    for (std::uint32_t n = 0; n < limits::clinics_max; n += 97) {
        all = all && p->find_clinic(10'000'000 + n) == n;
    }
    BOOST_TEST(all);
    BOOST_CHECK(p->find_clinic(10'000'000 + limits::clinics_max - 1) == limits::clinics_max - 1);
    BOOST_CHECK(!p->find_clinic(10'000'000 + limits::clinics_max));
}

BOOST_AUTO_TEST_CASE(an_older_list_of_programmes_stays_readable) {
    published p;
    const auto first = std::make_shared<const programme>(season_2016_17());
    p.publish_programme(0, first);
    const programme_list& old = p.programmes();
    p.publish_programme(2, std::make_shared<const programme>(
                               open_season("THIRD", date(2020, 1, 1), date(2020, 2, 1))));
    programme longer = season_2016_17();
    longer.version = 2;
    p.publish_programme(0, std::make_shared<const programme>(longer));
    BOOST_TEST(old.size() == 1u);
    BOOST_TEST(old[0]->version == 1u);
    BOOST_REQUIRE(p.programmes().size() == 3u);
    BOOST_TEST(p.programmes()[0]->version == 2u);
    BOOST_CHECK(p.programmes()[1] == nullptr);
    BOOST_TEST(p.programmes()[2]->code == "THIRD");
}

BOOST_AUTO_TEST_CASE(lots_have_the_numbers_of_the_registry) {
    published p;
    p.publish_lot({1, 3, lot_text{"AB-1"}, product_text{"FLU4"}, date(2017, 6, 30), true});
    BOOST_TEST(p.lots() == 2u);
    BOOST_TEST(p.lot(1).lot.view() == "AB-1");
    BOOST_TEST(p.lot(1).programme == 3u);
    BOOST_TEST(p.lot(1).verified);
}

BOOST_AUTO_TEST_CASE(read_only_is_what_an_operator_the_disk_or_a_stalled_commit_makes_it) {
    published p;
    const std::chrono::steady_clock::time_point began{1h};
    BOOST_CHECK(p.mode_at(began) == mode::normal);
    p.set_operator_mode(mode::register_only);
    BOOST_CHECK(p.mode_at(began) == mode::register_only);

    for (const shortage of : {shortage::disk, shortage::map}) {
        p.publish_shortage(of);
        BOOST_CHECK(p.mode_at(began) == mode::read_only);
        BOOST_CHECK(p.operator_mode() == mode::register_only);
        BOOST_TEST(p.disk_low() == (of == shortage::disk));
    }
    p.publish_shortage(shortage::none);
    BOOST_CHECK(p.mode_at(began) == mode::register_only);

    p.commit_begins(began);
    BOOST_TEST(!p.commit_stalled(began + limits::commit_stalled_after));
    BOOST_TEST(p.commit_stalled(began + limits::commit_stalled_after + 1ns));
    BOOST_CHECK(p.mode_at(began + 2s) == mode::read_only);
    p.commit_ends();
    BOOST_CHECK(p.mode_at(began + 2s) == mode::register_only);
    p.set_operator_mode(mode::normal);
    BOOST_CHECK(p.mode_at(began + 2s) == mode::normal);
}

BOOST_AUTO_TEST_CASE(modes_have_the_contracts_names) {
    BOOST_TEST(name_of(mode::normal) == "normal");
    BOOST_TEST(name_of(mode::register_only) == "register-only");
    BOOST_TEST(name_of(mode::read_only) == "read-only");
}

BOOST_AUTO_TEST_SUITE_END()
