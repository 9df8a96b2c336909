#include "storage/hold_recovery.hpp"

#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(hold_recovery)

using namespace doseline;

namespace {

core::audit_record of(std::uint8_t person, core::audit_action action, std::uint16_t seconds,
                      core::sequence subject = 0) {
    core::audit_record a;
    a.action = action;
    a.person = {std::byte{person}};
    a.programme = 0;
    a.hold_seconds = seconds;
    a.subject = subject;
    return a;
}
core::audit_record holding(std::uint8_t person, core::sequence subject) {
    return of(person, core::audit_action::checked, 1'800, subject);
}
core::audit_record registered(std::uint8_t person) {
    return of(person, core::audit_action::registered, 0);
}

std::vector<core::sequence> left_of(const std::vector<core::audit_record>& audit) {
    storage::standing_holds standing;
    for (const core::audit_record& a : audit) {
        standing.take(a);
    }
    std::vector<core::sequence> left;
    for (const core::audit_record& a : standing.in_order()) {
        left.push_back(a.subject);
    }
    BOOST_TEST(standing.in_order().empty());
    return left;
}

using numbers = std::vector<core::sequence>;

}  // namespace

BOOST_AUTO_TEST_CASE(a_hold_stands_until_its_person_is_registered) {
    BOOST_TEST((left_of({}) == numbers{}));
    BOOST_TEST((left_of({holding(1, 10)}) == numbers{10}));
    BOOST_TEST((left_of({holding(1, 10), registered(1)}) == numbers{}));
    BOOST_TEST((left_of({registered(1), holding(1, 10)}) == numbers{10}));
    BOOST_TEST((left_of({holding(1, 10), registered(2)}) == numbers{10}));
    core::audit_record elsewhere = registered(1);
    elsewhere.programme = 1;
    BOOST_TEST((left_of({holding(1, 10), elsewhere}) == numbers{10}));
    BOOST_TEST((left_of({holding(1, 10), of(1, core::audit_action::checked, 0)}) == numbers{10}));
    BOOST_TEST((left_of({holding(1, 10), of(1, core::audit_action::viewed, 0)}) == numbers{10}));
}

BOOST_AUTO_TEST_CASE(holds_come_in_the_order_in_which_they_were_made_or_renewed) {
    std::vector<core::audit_record> audit;
    numbers expected;
    for (std::uint8_t person = 200; person > 0; --person) {
        audit.push_back(holding(person, person));
        if (person != 7) {
            expected.push_back(person);
        }
    }
    audit.push_back(holding(7, 1'007));
    expected.push_back(1'007);
    BOOST_TEST((left_of(audit) == expected));
}

// A start does not wait for the rest of the audit when the events are damaged.
BOOST_AUTO_TEST_CASE(who_gives_up_waits_for_no_result) {
    const test::written_registry registry(20);
    storage::lmdb_ledger ledger(registry.path(), storage::lmdb::access::read);
    const storage::hold_recovery abandoned(ledger.reader(), {}, std::nullopt);
}

// One batch more than is asked for, whatever is asked.
BOOST_AUTO_TEST_CASE(the_audit_is_read_from_a_batch_before_what_is_asked_for) {
    test::written_registry registry(0);
    registry.open();
    for (unsigned n = 0; n < 10; ++n) {
        registry.pass(std::chrono::seconds{60});
        registry.give(5);
    }
    registry.close();
    storage::lmdb_ledger ledger(registry.path(), storage::lmdb::access::read);
    const auto from = ledger.reader();
    std::vector<std::pair<storage::stream_head, core::instant>> batches;
    batches.push_back({from->start(storage::stream::audit), {}});
    storage::sealed_batch b;
    while (from->next_batch(storage::stream::audit, batches.back().first, b)) {
        batches.push_back({b.head, b.at});
    }
    BOOST_TEST_REQUIRE(batches.size() >= 11u);
    for (std::size_t i = 1; i < batches.size(); ++i) {
        // Of that time or later, without and with an anchor further back.
        for (const std::size_t anchor : {std::size_t{1}, i, batches.size() - 1}) {
            const std::size_t first = std::min(i, anchor);
            const auto met =
                from->before(storage::stream::audit, batches[i].second, batches[anchor].first.seq);
            BOOST_TEST(met.seq == batches[first < 2 ? 0 : first - 2].first.seq);
            BOOST_CHECK(met == batches[first < 2 ? 0 : first - 2].first);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
