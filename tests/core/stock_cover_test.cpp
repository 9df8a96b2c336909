#include "core/stock_cover.hpp"

#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(stock_cover_test)

using namespace doseline::core;
using namespace doseline::test;
using namespace std::chrono_literals;

namespace {

constexpr civil_day monday = date(2016, 10, 10);

struct two_clinics : desk {
    two_clinics() : desk(monday) {
        define(open_season("2016-17", date(2016, 10, 1), date(2016, 11, 30)));
        a = open_clinic();
        b = open_clinic();
        lot = bring_lot("L1");
        ship(a, "L1", 100);
        ship(a, "L1", 40, false);
    }
    void give(civil_day day, unsigned shots, std::string_view of = "L1") {
        for (unsigned n = 0; n < shots; ++n) {
            register_dose c = shot(a, ++last_person);
            c.occurred_at = day + 12h - 9h;
            c.lot = lot_text(of);
            record(std::move(c));
        }
    }
    stock_use use(clinic_number clinic, civil_day today = monday) {
        return stock_use_of(shown, clinic, today, rows);
    }

    clinic_number a = 0, b = 0;
    lot_number lot = 0;
    std::uint64_t last_person = 0;
    std::vector<stock_row> rows;
};

stock_cover cover(std::int64_t usable, std::int64_t in_transit, std::uint64_t given,
                  std::int64_t over_days, std::int64_t days) {
    return cover_of({usable, in_transit, given, over_days}, days);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_clinic_needs_what_it_gives_in_as_many_days) {
    BOOST_CHECK((cover(100, 0, 40, 8, 7) == stock_cover{35, 65, 0}));
    BOOST_CHECK((cover(20, 0, 40, 8, 7) == stock_cover{35, 0, 15}));
    BOOST_CHECK((cover(35, 0, 40, 8, 7) == stock_cover{35, 0, 0}));
    BOOST_CHECK((cover(35, 0, 41, 8, 7) == stock_cover{36, 0, 1}));  // no part of a dose
    BOOST_CHECK((cover(50, 0, 0, 1, 7) == stock_cover{0, 50, 0}));   // it gives none
    BOOST_CHECK((cover(50, 0, 10, 1, 1) == stock_cover{10, 40, 0}));
}

BOOST_AUTO_TEST_CASE(what_is_on_its_way_fills_a_shortage_and_cannot_be_given_away) {
    BOOST_CHECK((cover(20, 10, 40, 8, 7) == stock_cover{35, 0, 5}));
    BOOST_CHECK((cover(20, 99, 40, 8, 7) == stock_cover{35, 0, 0}));
    BOOST_CHECK((cover(40, 99, 40, 8, 7) == stock_cover{35, 5, 0}));
}

BOOST_AUTO_TEST_CASE(the_most_that_a_clinic_can_give_still_counts) {
    const std::uint64_t most = limits::days_kept * limits::day_shots_counted_max;
    BOOST_TEST(cover(0, 0, most, 1, limits::cover_days_max).shortage ==
               static_cast<std::int64_t>(most) * limits::cover_days_max);
}

BOOST_AUTO_TEST_CASE(sums_keep_a_shortage_apart_from_a_surplus) {
    region_cover sums;
    for (const stock_use& u : {stock_use{0, 3, 8, 8}, stock_use{20, 0, 8, 8}}) {
        sums.add(u, cover_of(u, 7));
    }
    BOOST_TEST(sums.clinics == 2u);
    BOOST_TEST(sums.empty == 1u);
    BOOST_TEST(sums.usable == 20);
    BOOST_TEST(sums.in_transit == 3);
    BOOST_TEST(sums.given == 16u);
    BOOST_TEST(sums.surplus == 13);
    BOOST_TEST(sums.shortage == 4);
}

BOOST_FIXTURE_TEST_CASE(it_is_read_from_what_is_published, two_clinics) {
    give(monday - std::chrono::days{2}, 6);
    give(monday, 2);
    BOOST_TEST(use(a).usable == 92);
    BOOST_TEST(use(a).in_transit == 40);
    BOOST_TEST(use(a).given == 8u);
    BOOST_TEST(use(a).over_days == 3);
    BOOST_TEST(use(b).usable == 0);
    BOOST_TEST(use(b).given == 0u);
    BOOST_TEST(use(b).over_days == 1);
}

BOOST_FIXTURE_TEST_CASE(doses_that_were_given_and_not_entered_are_not_there, two_clinics) {
    report_day c;
    c.by.clinic = a;
    c.unsent = 30;
    ask<day_receipt>(command{c});
    BOOST_TEST(use(a).usable == 70);
    give(monday, 1, "L9");  // of a lot that nobody knows: it came from the refrigerator, too
    BOOST_TEST(use(a).usable == 70);
    c.unsent = 200;
    ask<day_receipt>(command{c});
    BOOST_TEST(use(a).usable == 0);
}

BOOST_FIXTURE_TEST_CASE(what_may_not_be_given_is_no_stock, two_clinics) {
    const auto defined = [&](civil_day expires, bool recalled) {
        ask<accepted>(command{
            register_lot{"2016-17", lot_text("L1"), state.lots()[lot].product, expires, recalled}});
    };
    const civil_day expires = state.lots()[lot].expires;
    BOOST_TEST(use(a, expires).usable == 0);  // its programme has ended
    defined(expires, true);
    BOOST_TEST(use(a).usable == 0);
    BOOST_TEST(use(a).in_transit == 0);
    defined(expires, false);
    BOOST_TEST(use(a).usable == 100);
    bring_lot("OLD", monday);
    ship(a, "OLD", 5);
    BOOST_TEST(use(a).usable == 105);  // on its last day
    BOOST_TEST(use(a, monday + std::chrono::days{1}).usable == 100);
}

BOOST_AUTO_TEST_SUITE_END()
