#include "storage/movement_list.hpp"

#include "tests/storage/listed_events.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

BOOST_AUTO_TEST_SUITE(movement_list)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

const core::instant monday{std::chrono::sys_days{std::chrono::year{2016} / 10 / 3}};
constexpr core::zone_offset korea{540};
constexpr core::clinic_number mine = 3;

// The events of one clinic, each behind the one before.
struct fixture {
    test::listed_events ledger;
    core::sequence last = 0;

    template <class Event>
    core::sequence add(Event e, core::instant at = monday) {
        e.header.recorded_at = at;
        e.header.previous_of_clinic = last;
        return last = ledger.add(e);
    }
    core::sequence waste(core::instant recorded, core::instant occurred) {
        core::stock_changed e;
        e.action = core::stock_action::wasted;
        e.own.clinic = mine;
        e.occurred_at = occurred;
        return add(e, recorded);
    }
    core::sequence waste() { return waste(monday, monday); }
    core::movement_page page(core::sequence before = 0, std::optional<core::civil_day> day = {}) {
        return storage::read_movements(ledger, {mine, last, before, day, korea}, [] {});
    }
    static std::vector<core::sequence> numbers(const core::movement_page& page) {
        std::vector<core::sequence> all;
        for (const auto& row : page.rows) {
            all.push_back(row.seq);
        }
        return all;
    }
    static void is(const core::movement_page& page, const std::vector<core::sequence>& wanted) {
        BOOST_TEST(numbers(page) == wanted, boost::test_tools::per_element());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_clinic_without_events_has_an_empty_page, fixture) {
    is(page(), {});
    BOOST_TEST(page().next == 0u);
    BOOST_TEST(page().clinic == mine);
}

BOOST_FIXTURE_TEST_CASE(newest_first_and_movements_alone, fixture) {
    const auto shipped = add(core::stock_moved{});
    add(core::dose_registered{});
    const auto wasted = waste();
    add(core::dose_voided{});
    add(core::device_enrolled{});
    const auto p = page();
    is(p, {wasted, shipped});
    BOOST_TEST(p.as_of == last);
    BOOST_CHECK(std::holds_alternative<core::stock_changed>(p.rows[0].what));
    BOOST_CHECK(std::holds_alternative<core::stock_moved>(p.rows[1].what));
}

BOOST_FIXTURE_TEST_CASE(what_another_clinic_sent_here_is_listed_and_its_own_links_are_not_followed,
                        fixture) {
    const auto first = waste();
    const auto of_the_sender = ledger.add(core::stock_moved{});
    core::stock_changed sent;
    sent.action = core::stock_action::sent;
    sent.own.clinic = mine + 1;
    sent.other.clinic = mine;
    sent.header.recorded_at = monday;
    sent.header.previous_of_clinic = of_the_sender;
    sent.previous_of_other = first;
    const auto arriving = last = ledger.add(sent);
    const auto second = waste();
    is(page(), {second, arriving, first});
}

BOOST_FIXTURE_TEST_CASE(pages_cover_everything_once, fixture) {
    std::vector<core::sequence> all;
    for (std::size_t n = 0; n < core::limits::list_rows_max + 1; ++n) {
        all.insert(all.begin(), waste());
        add(core::dose_registered{});
    }
    const auto first = page();
    BOOST_TEST(first.rows.size() == core::limits::list_rows_max);
    BOOST_TEST(first.next == all[core::limits::list_rows_max - 1]);
    const auto second = page(first.next);
    is(second, {all.back()});
    BOOST_TEST(second.next == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_day_is_that_on_which_it_occurred_in_the_countrys_time, fixture) {
    const core::civil_day day = core::day_at(monday + 12h, korea);
    waste(monday, monday - 9h - 1ms);
    const auto at_midnight = waste(monday, monday - 9h);
    const auto shipped = add(core::stock_moved{}, monday + 2h);
    const auto entered_late = waste(monday + 72h, monday + 1h);
    waste(monday + 73h, monday + 15h);
    is(page(0, day), {entered_late, shipped, at_midnight});
}

BOOST_FIXTURE_TEST_CASE(a_day_ends_the_reading_where_nothing_of_it_can_stand, fixture) {
    const auto oldest = waste();
    waste();  // the first that is too old
    const auto later = waste(monday + 48h, monday + 48h);
    ledger.break_all_up_to(oldest);  // who reads it throws
    is(page(0, core::day_at(monday + 48h, korea)), {later});
}

BOOST_FIXTURE_TEST_CASE(a_record_that_is_missing_is_no_end_of_the_list, fixture) {
    waste();
    last = 7;
    BOOST_CHECK_THROW(page(), storage::fatal_error);
}

BOOST_AUTO_TEST_SUITE_END()
