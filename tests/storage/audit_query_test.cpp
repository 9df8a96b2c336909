#include "storage/audit_query.hpp"

#include "tests/storage/listed_events.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

BOOST_AUTO_TEST_SUITE(audit_query)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

const core::instant monday{std::chrono::sys_days{std::chrono::year{2016} / 10 / 3}};

core::person_key person(unsigned n) {
    core::person_key key{};
    key[0] = static_cast<std::byte>(n);
    return key;
}

struct fixture {
    test::listed_events ledger;

    void looked(core::instant at, core::clinic_number clinic, unsigned whose) {
        core::audit_record a;
        a.action = core::audit_action::viewed;
        a.at = at;
        a.by.clinic = clinic;
        a.person = person(whose);
        ledger.add(a);
    }
    std::vector<std::uint64_t> found(const core::audit_filter& filter) {
        std::vector<std::uint64_t> numbers;
        for (const auto& row : storage::read_audit(ledger, filter, [] {}).rows) {
            numbers.push_back(row.number);
        }
        return numbers;
    }
    void finds(const core::audit_filter& filter, const std::vector<std::uint64_t>& wanted) {
        BOOST_TEST(found(filter) == wanted, boost::test_tools::per_element());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_empty_audit_has_an_empty_page, fixture) {
    finds({}, {});
    core::audit_filter since;
    since.from = monday;
    finds(since, {});
}

BOOST_FIXTURE_TEST_CASE(all_that_is_said_of_a_record_must_hold, fixture) {
    looked(monday, 1, 7);
    looked(monday, 2, 7);
    looked(monday, 1, 8);
    looked(monday, 1, 7);
    finds({}, {1, 2, 3, 4});
    core::audit_filter filter;
    filter.clinic = 1;
    finds(filter, {1, 3, 4});
    filter.whose = [](const core::person_key& p) { return p == person(7); };
    finds(filter, {1, 4});
    filter.after = 1;
    finds(filter, {4});
}

BOOST_FIXTURE_TEST_CASE(a_record_about_nobody_is_nobodys, fixture) {
    looked(monday, 1, 0);
    core::audit_filter filter;
    filter.whose = [](const core::person_key&) { return true; };
    finds(filter, {});
}

BOOST_FIXTURE_TEST_CASE(times_from_the_first_to_before_the_second, fixture) {
    for (int hour = 0; hour < 10; ++hour) {
        looked(monday + std::chrono::hours(hour), 1, 1);
        looked(monday + std::chrono::hours(hour), 1, 2);
    }
    for (int from = -1; from < 11; ++from) {
        for (int to = -1; to < 11; ++to) {
            core::audit_filter filter;
            filter.from = monday + std::chrono::hours(from);
            filter.to = monday + std::chrono::hours(to);
            std::vector<std::uint64_t> wanted;
            for (int hour = std::max(0, from); hour < std::min(10, to); ++hour) {
                wanted.push_back(static_cast<std::uint64_t>(2 * hour + 1));
                wanted.push_back(static_cast<std::uint64_t>(2 * hour + 2));
            }
            finds(filter, wanted);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(pages_cover_everything_once, fixture) {
    const std::size_t all = 2 * core::limits::audit_rows_max + 1;
    for (std::size_t n = 0; n < all; ++n) {
        looked(monday, 1, 1);
    }
    core::audit_filter filter;
    std::vector<std::size_t> sizes;
    std::uint64_t last = 0;
    for (;;) {
        const core::audit_page page = storage::read_audit(ledger, filter, [] {});
        sizes.push_back(page.rows.size());
        for (const auto& row : page.rows) {
            BOOST_TEST(row.number == ++last);
        }
        if (page.next == 0) {
            break;
        }
        filter.after = page.next;
    }
    const std::vector<std::size_t> wanted{core::limits::audit_rows_max,
                                          core::limits::audit_rows_max, 1};
    BOOST_TEST(sizes == wanted, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_page_that_finds_little_says_where_to_go_on, fixture) {
    for (std::size_t n = 0; n < core::limits::audit_scan_max; ++n) {
        looked(monday, 1, 1);
    }
    looked(monday, 1, 2);
    core::audit_filter filter;
    filter.whose = [](const core::person_key& p) { return p == person(2); };
    const core::audit_page nothing_yet = storage::read_audit(ledger, filter, [] {});
    BOOST_TEST(nothing_yet.rows.empty());
    BOOST_TEST(nothing_yet.next == core::limits::audit_scan_max);
    filter.after = nothing_yet.next;
    finds(filter, {core::limits::audit_scan_max + 1});
}

BOOST_FIXTURE_TEST_CASE(an_operators_act_is_shown_with_the_address_and_the_event, fixture) {
    core::audit_record a;
    a.action = core::audit_action::brought_in;
    a.at = monday;
    a.by.clinic = core::no_clinic;
    a.by.address = {std::byte{127}, std::byte{7}};
    a.subject = 77;
    ledger.add(a);
    const core::audit_record read = storage::read_audit(ledger, {}, [] {}).rows.at(0).record;
    BOOST_CHECK(read.action == core::audit_action::brought_in);
    BOOST_TEST(read.by.clinic == core::no_clinic);
    BOOST_CHECK(read.by.address == a.by.address);
    BOOST_TEST(read.subject == 77u);
}

BOOST_FIXTURE_TEST_CASE(the_reason_of_an_export_is_shown, fixture) {
    core::audit_record a;
    a.action = core::audit_action::exported;
    a.at = monday;
    ledger.add(a, "a court asked");
    BOOST_TEST(storage::read_audit(ledger, {}, [] {}).rows.at(0).reason == "a court asked");
}

BOOST_AUTO_TEST_SUITE_END()
