#include "storage/agreement.hpp"

#include "storage/recovery.hpp"
#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(agreement)

using namespace doseline;

namespace {

// A recovered registry, and the events that a fold may take as they are or changed.
struct fixture {
    core::registry state;
    core::dose_totals totals{0};
    std::vector<core::event> events;

    fixture() {
        storage::lmdb_ledger ledger(test::shared_registry().path(), storage::lmdb::access::read);
        const auto reader = ledger.reader();
        storage::recover(*reader, std::nullopt, {}, state, totals);
        reader->scan(storage::stream::events, 1, [&](core::sequence, const auto& record) {
            events.push_back(*storage::decode_event(record));
            return true;
        });
    }

    std::string told() const {
        storage::fold folded;
        core::sequence seq = 0;
        for (const core::event& e : events) {
            folded.take(++seq, e);
        }
        return test::told_by([&] { storage::check_agreement(folded, state, totals); });
    }

    // The last event of a kind.
    template <typename Event>
    Event& last() {
        for (std::size_t n = events.size(); n > 0; --n) {
            if (auto* found = std::get_if<Event>(&events[n - 1])) {
                return *found;
            }
        }
        throw std::logic_error("the small season has no such event");
    }
};

bool starts_with(const std::string& told, std::string_view what) {
    return told.starts_with(what) && told.find('\n') == std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_same_events_agree, fixture) { BOOST_TEST(told() == ""); }

BOOST_FIXTURE_TEST_CASE(another_quantity_is_named_with_its_clinic_and_lot, fixture) {
    last<core::stock_moved>().quantity += 1;
    BOOST_TEST(starts_with(told(), "clinic 10000004, lot number 1, on hand:"), told());
}

BOOST_FIXTURE_TEST_CASE(a_dose_of_another_person_is_named, fixture) {
    last<core::dose_registered>().person[0] ^= std::byte{1};
    BOOST_TEST(starts_with(told(), "persons:"), told());
}

BOOST_FIXTURE_TEST_CASE(a_dose_of_another_source_is_named, fixture) {
    auto& dose = last<core::dose_registered>();
    dose.source = dose.source == core::dose_source::suspense ? core::dose_source::on_hand
                                                             : core::dose_source::suspense;
    BOOST_TEST(starts_with(told(), "clinic "), told());
}

BOOST_FIXTURE_TEST_CASE(a_dose_of_another_hour_is_named_with_its_clinic, fixture) {
    last<core::dose_registered>().header.recorded_at -= std::chrono::hours{1};
    BOOST_TEST(starts_with(told(), "clinic "), told());
    BOOST_TEST(told().find(", doses of hour ") != std::string::npos, told());
}

BOOST_FIXTURE_TEST_CASE(a_dose_of_another_day_is_named_with_its_clinic, fixture) {
    last<core::dose_registered>().header.recorded_at += std::chrono::days{1};
    BOOST_TEST(starts_with(told(), "clinic "), told());
    BOOST_TEST(told().find(", day of the newest dose:") != std::string::npos, told());
}

BOOST_FIXTURE_TEST_CASE(a_missing_event_is_named, fixture) {
    events.pop_back();
    BOOST_TEST(starts_with(told(), "clinic "), told());
}

BOOST_FIXTURE_TEST_CASE(totals_that_miss_a_dose_are_named, fixture) {
    totals.count(totals.recovery_shard(), {0, 0, true, {}, 0});
    BOOST_TEST(starts_with(told(), "doses of region index 0, programme 0:"), told());
}

BOOST_AUTO_TEST_SUITE_END()
