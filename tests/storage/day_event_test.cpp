// Reports on days as bytes, and to the proof's own fold.
#include "storage/fold.hpp"
#include "tests/storage/event_bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <tuple>
#include <vector>

BOOST_AUTO_TEST_SUITE(day_event)

using namespace doseline;
using namespace std::chrono_literals;
using test::bytes_of;

namespace {

core::day_reported some_report() {
    core::day_reported e;
    e.header = {core::instant{123'456ms}, 99};
    e.clinic = 7;
    e.day = core::civil_day{std::chrono::days{0x010203}};
    e.unsent = 0x0405;
    e.device = 0x01020304;
    e.user = core::user_code("NURSE-7");
    return e;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_report_reads_back_as_it_was_written) {
    const core::day_reported e = some_report();
    const auto bytes = bytes_of(e);
    BOOST_TEST(bytes.size() == 50u);
    const auto at = [&](std::size_t n) { return std::to_integer<int>(bytes.at(n)); };
    BOOST_TEST(at(0) == 20);
    BOOST_TEST(at(4) == 7);   // clinic
    BOOST_TEST(at(24) == 3);  // the day, little-endian
    BOOST_TEST(at(28) == 5);  // rows
    BOOST_TEST(at(30) == 4);  // the device
    BOOST_TEST(at(34) == 'N');
    const auto read = storage::decode_event(bytes);
    BOOST_REQUIRE(read.has_value());
    const auto fields = [](const core::day_reported& of) {
        return std::tuple(of.header.recorded_at, of.header.previous_of_clinic, of.clinic, of.day,
                          of.unsent, of.device, of.user);
    };
    BOOST_CHECK(fields(std::get<core::day_reported>(*read)) == fields(e));
}

BOOST_AUTO_TEST_CASE(what_no_report_can_be_is_malformed) {
    const auto good = bytes_of(some_report());
    const auto refused_with = [&](std::size_t at, unsigned value) {
        auto bytes = good;
        bytes.at(at) = std::byte(value);
        return !storage::decode_event(bytes).has_value();
    };
    BOOST_TEST(!refused_with(28, 1));
    BOOST_TEST(refused_with(1, 2));     // an old version
    BOOST_TEST(refused_with(2, 1));     // flags, of which a report has none
    BOOST_TEST(refused_with(45, 'X'));  // a user code with a gap
    auto other_size = good;
    other_size.push_back({});
    BOOST_TEST(!storage::decode_event(other_size).has_value());
    other_size.resize(good.size() - 1);
    BOOST_TEST(!storage::decode_event(other_size).has_value());
}

BOOST_AUTO_TEST_CASE(a_report_is_an_audit_action_of_its_own) {
    core::audit_record a;
    a.action = core::audit_action::reported;
    a.by.clinic = 7;
    a.subject = 77;
    storage::record_batch batch;
    storage::encode(a, batch);
    BOOST_TEST(std::to_integer<int>(batch[0][0]) == 15);
    const auto read = storage::decode_audit(batch[0]);
    BOOST_REQUIRE(read.has_value());
    BOOST_CHECK(read->action == core::audit_action::reported);
    BOOST_TEST(read->by.clinic == 7u);
    BOOST_TEST(read->subject == 77u);
}

BOOST_AUTO_TEST_CASE(the_fold_takes_a_report_for_the_clinics_last_event_and_no_more) {
    storage::fold fold;
    fold.take(1, core::clinic_registered{});
    core::day_reported e = some_report();
    e.clinic = 0;
    fold.take(2, e);
    BOOST_TEST(fold.clinics()[0].last_event == 2u);
    BOOST_TEST(fold.accounts() == 0u);
    BOOST_TEST(fold.registrations() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
