#include "storage/registration_list.hpp"

#include "core/registration_page.hpp"
#include "tests/storage/listed_events.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

BOOST_AUTO_TEST_SUITE(registration_list)

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

    core::sequence add(core::event e, core::instant at) {
        std::visit(
            [&](auto& of) {
                of.header.recorded_at = at;
                of.header.previous_of_clinic = last;
            },
            e);
        return last = ledger.add(e);
    }
    core::sequence shot(core::instant recorded, core::instant occurred) {
        core::dose_registered e;
        e.occurred_at = occurred;
        return add(e, recorded);
    }
    core::sequence shot(core::instant at) { return shot(at, at); }
    template <class Event>
    core::sequence change(core::sequence registration, core::version_number version,
                          core::claim_state claim, core::instant at) {
        Event e;
        e.change.registration = registration;
        e.change.version = version;
        e.change.claim = claim;
        return add(e, at);
    }
    void decide(core::sequence registration, core::version_number version, core::claim_state claim,
                core::instant at) {
        core::claim_decided e;
        e.change.registration = registration;
        e.change.version = version;
        e.change.claim = claim;
        e.reason = core::claim_reason::other;
        add(e, at);
    }
    core::registration_page page(core::sequence before = 0, std::optional<core::civil_day> day = {},
                                 std::optional<core::claim_state> claim = {}) {
        return storage::read_page(ledger, {mine, last, before, day, korea, claim}, [] {});
    }
    static std::vector<core::sequence> numbers(const core::registration_page& page) {
        std::vector<core::sequence> all;
        for (const auto& row : page.rows) {
            all.push_back(row.seq);
        }
        return all;
    }
    static void is(const core::registration_page& page, const std::vector<core::sequence>& wanted) {
        BOOST_TEST(numbers(page) == wanted, boost::test_tools::per_element());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_clinic_without_events_has_an_empty_page, fixture) {
    is(page(), {});
    BOOST_TEST(page().next == 0u);
}

BOOST_FIXTURE_TEST_CASE(newest_first_and_registrations_alone, fixture) {
    const auto first = shot(monday);
    add(core::stock_moved{}, monday);
    const auto second = shot(monday);
    add(core::device_enrolled{}, monday);
    is(page(), {second, first});
    BOOST_TEST(page().as_of == last);
}

BOOST_FIXTURE_TEST_CASE(events_of_others_between_them_are_not_read, fixture) {
    const auto first = shot(monday);
    ledger.add(core::dose_registered{});
    is(page(), {first});
}

BOOST_FIXTURE_TEST_CASE(what_another_clinic_sent_here_leads_on_to_what_is_before_it, fixture) {
    const auto first = shot(monday);
    const auto of_the_sender = ledger.add(core::dose_registered{});
    core::stock_changed sent;
    sent.action = core::stock_action::sent;
    sent.own.clinic = mine + 1;
    sent.other.clinic = mine;
    sent.header.previous_of_clinic = of_the_sender;
    sent.previous_of_other = first;
    last = ledger.add(sent);
    const auto second = shot(monday);
    is(page(), {second, first});
}

BOOST_FIXTURE_TEST_CASE(pages_cover_everything_once, fixture) {
    std::vector<core::sequence> all;
    for (std::size_t n = 0; n < 2 * core::limits::list_rows_max + 1; ++n) {
        all.insert(all.begin(), shot(monday));
    }
    std::vector<core::sequence> seen;
    core::sequence before = 0;
    std::vector<std::size_t> sizes;
    do {
        const auto p = page(before);
        const auto rows = numbers(p);
        seen.insert(seen.end(), rows.begin(), rows.end());
        sizes.push_back(rows.size());
        before = p.next;
    } while (before != 0);
    BOOST_TEST(seen == all, boost::test_tools::per_element());
    const std::vector<std::size_t> wanted{core::limits::list_rows_max, core::limits::list_rows_max,
                                          1};
    BOOST_TEST(sizes == wanted, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_page_that_is_just_full_is_the_last, fixture) {
    for (std::size_t n = 0; n < core::limits::list_rows_max; ++n) {
        shot(monday);
    }
    BOOST_TEST(page().rows.size() == core::limits::list_rows_max);
    BOOST_TEST(page().next == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_row_has_what_is_attached_to_it, fixture) {
    core::dose_registered e;
    e.extended = true;
    add(e, monday);
    core::extension_attached attached;
    attached.sealed.assign(40, std::byte{7});
    add(attached, monday);
    shot(monday);
    const auto p = page();
    BOOST_TEST(p.rows.size() == 2u);
    BOOST_TEST(p.rows[0].extension.empty());
    BOOST_CHECK(p.rows[1].extension == attached.sealed);
}

BOOST_FIXTURE_TEST_CASE(a_row_is_as_its_newest_change_left_it, fixture) {
    const auto voided = shot(monday);
    const auto heir = shot(monday);
    change<core::dose_reevaluated>(heir, 2, core::claim_state::auto_ok, monday + 1h);
    change<core::dose_voided>(voided, 2, core::claim_state::not_payable, monday + 2h);
    change<core::dose_voided>(heir, 3, core::claim_state::not_payable, monday + 3h);
    const auto p = page();
    is(p, {heir, voided});
    BOOST_TEST(p.rows[0].version == 3u);
    BOOST_CHECK(p.rows[0].state == core::registration_state::voided);
    BOOST_TEST(p.rows[1].version == 2u);
    // On a page that the change is not on, too.
    BOOST_CHECK(page(heir).rows[0].state == core::registration_state::voided);
}

BOOST_FIXTURE_TEST_CASE(a_day_is_that_of_the_shot_in_the_countrys_time, fixture) {
    const core::civil_day day = core::day_at(monday + 12h, korea);
    const auto at_midnight = shot(monday - 9h);  // begins the day in Korea
    const auto before_it = shot(monday - 9h - 1ms);
    const auto entered_late = shot(monday + 72h, monday + 1h);
    const auto end = shot(monday + 73h, monday + 15h - 1ms);
    const auto next_day = shot(monday + 74h, monday + 15h);
    is(page(0, day), {end, entered_late, at_midnight});
    is(page(0, core::day_at(monday + 15h, korea)), {next_day});
    is(page(0, core::day_at(monday - 10h, korea)), {before_it});
}

BOOST_FIXTURE_TEST_CASE(a_correction_puts_a_shot_on_another_day, fixture) {
    const auto corrected = shot(monday + 24h);
    const auto other = shot(monday + 25h);
    core::dose_corrected e;
    e.change.registration = corrected;
    e.occurred_at = monday;
    add(e, monday + 48h);
    is(page(0, core::day_at(monday, korea)), {corrected});
    is(page(0, core::day_at(monday + 24h, korea)), {other});
    const auto row = page().rows[1];
    BOOST_CHECK(row.dose.occurred_at == monday);
    BOOST_CHECK(row.state == core::registration_state::corrected);
    BOOST_TEST(row.version == 2u);
}

// As it is now, whatever it was: that is what a health centre works from.
BOOST_FIXTURE_TEST_CASE(a_claim_is_the_one_that_the_newest_change_left, fixture) {
    using enum core::claim_state;
    const auto plain = shot(monday);
    const auto under_review = shot(monday);
    change<core::dose_corrected>(under_review, 2, review, monday + 1h);
    const auto accepted = shot(monday + 24h);
    change<core::dose_corrected>(accepted, 2, review, monday + 25h);
    decide(accepted, 3, exception_ok, monday + 26h);
    is(page(0, {}, review), {under_review});
    is(page(0, {}, exception_ok), {accepted});
    is(page(0, {}, auto_ok), {plain});
    is(page(0, {}, paid), {});
    is(page(0, core::day_at(monday, korea), exception_ok), {});
    BOOST_TEST(page(0, {}, exception_ok).rows[0].version == 3u);
}

BOOST_FIXTURE_TEST_CASE(pages_of_a_claim_cover_it_once, fixture) {
    std::vector<core::sequence> wanted;
    for (std::size_t n = 0; n < core::limits::list_rows_max + 1; ++n) {
        const auto decided = shot(monday);
        decide(decided, 2, core::claim_state::paid, monday);
        shot(monday);
        wanted.insert(wanted.begin(), decided);
    }
    const auto first = page(0, {}, core::claim_state::paid);
    BOOST_TEST(first.rows.size() == core::limits::list_rows_max);
    BOOST_TEST(first.next != 0u);
    is(page(first.next, {}, core::claim_state::paid), {wanted.back()});
}

// The flags of the newest change that has some.
BOOST_FIXTURE_TEST_CASE(a_void_leaves_the_flags_that_it_found, fixture) {
    const auto heir = shot(monday);
    core::dose_reevaluated again;
    again.change.registration = heir;
    again.flags = core::bit(core::flag::late);
    add(again, monday + 1h);
    change<core::dose_voided>(heir, 3, core::claim_state::not_payable, monday + 3h);
    BOOST_TEST(page().rows[0].dose.flags == core::bit(core::flag::late));
}

BOOST_FIXTURE_TEST_CASE(a_day_ends_the_reading_where_nothing_of_it_can_stand, fixture) {
    const auto oldest = shot(monday);
    shot(monday);  // the first that is too old
    const auto later = shot(monday + 48h);
    ledger.break_all_up_to(oldest);  // who reads it throws
    const auto p = page(0, core::day_at(monday + 48h, korea));
    is(p, {later});
}

BOOST_FIXTURE_TEST_CASE(a_record_that_is_missing_is_no_end_of_the_list, fixture) {
    shot(monday);
    last = 7;
    BOOST_CHECK_THROW(page(), storage::fatal_error);
}

BOOST_FIXTURE_TEST_CASE(so_many_events_are_read_for_a_page_and_not_one_more, fixture) {
    const auto oldest = shot(monday);
    for (std::size_t n = 1; n < core::limits::clinic_events_max; ++n) {
        add(core::device_enrolled{}, monday);
    }
    is(page(), {oldest});
    BOOST_TEST(!page().too_long);
    add(core::device_enrolled{}, monday);
    BOOST_TEST(page().too_long);
}

BOOST_AUTO_TEST_SUITE_END()
