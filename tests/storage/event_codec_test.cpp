#include "storage/event_codec.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <tuple>

using namespace doseline;
using namespace std::chrono_literals;

namespace {

std::vector<std::byte> bytes_of(const core::event& e) {
    storage::record_batch batch;
    storage::encode(e, batch);
    return {batch[0].begin(), batch[0].end()};
}

core::amendment some_change() {
    core::amendment c{7, 0x1122334455667788, 12, 13, {}, 3, 5, {}, {}};
    c.person.fill(std::byte{0xab});
    c.claim_before = core::claim_state::review;
    c.claim = core::claim_state::not_payable;
    return c;
}

auto fields(const core::amendment& c) {
    return std::tuple(c.clinic, c.registration, c.previous_of_registration, c.previous_of_person,
                      c.person, c.programme, c.version, c.claim_before, c.claim);
}

core::dose_voided some_void() {
    core::dose_voided e;
    e.header = {core::instant{123'456ms}, 99};
    e.change = some_change();
    e.device = 17;
    e.user = core::user_code("NURSE-7");
    e.reason = core::void_reason::double_entry;
    e.lot = 21;
    e.source = core::dose_source::suspense;
    e.funding = core::funding::local;
    e.registered_at = core::instant{100ms};
    e.last_day = core::civil_day{std::chrono::days{17'000}};
    e.last_clinic = 8;
    e.remaining = -4;
    return e;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_codec)

BOOST_AUTO_TEST_CASE(a_void_reads_back_as_it_was_written) {
    const core::dose_voided e = some_void();
    const auto bytes = bytes_of(e);
    BOOST_TEST(bytes.size() == 116u);
    BOOST_TEST(std::to_integer<int>(bytes[0]) == 9);
    BOOST_TEST(std::to_integer<int>(bytes[24]) == 0x88);  // the registration, little-endian
    const auto read = storage::decode_event(bytes);
    BOOST_REQUIRE(read.has_value());
    const auto& back = std::get<core::dose_voided>(*read);
    BOOST_CHECK(fields(back.change) == fields(e.change));
    BOOST_CHECK(back.header.recorded_at == e.header.recorded_at);
    BOOST_TEST(back.header.previous_of_clinic == 99u);
    BOOST_TEST(back.device == e.device);
    BOOST_CHECK(back.user == e.user);
    BOOST_CHECK(back.reason == e.reason);
    BOOST_TEST(back.lot == e.lot);
    BOOST_CHECK(back.source == e.source);
    BOOST_CHECK(back.funding == e.funding);
    BOOST_CHECK(back.registered_at == e.registered_at);
    BOOST_CHECK(back.last_day == e.last_day);
    BOOST_TEST(back.last_clinic == e.last_clinic);
    BOOST_TEST(back.remaining == e.remaining);
}

BOOST_AUTO_TEST_CASE(a_reevaluation_reads_back_as_it_was_written) {
    core::dose_reevaluated e{{core::instant{5ms}, 6}, some_change(), bit(core::flag::late)};
    const auto bytes = bytes_of(e);
    BOOST_TEST(bytes.size() == 70u);
    const auto read = storage::decode_event(bytes);
    BOOST_REQUIRE(read.has_value());
    const auto& back = std::get<core::dose_reevaluated>(*read);
    BOOST_CHECK(fields(back.change) == fields(e.change));
    BOOST_TEST(back.flags == e.flags);
}

BOOST_AUTO_TEST_CASE(what_no_void_can_be_is_malformed) {
    const auto good = bytes_of(some_void());
    const auto refused = [](std::vector<std::byte> bytes) {
        return !storage::decode_event(bytes).has_value();
    };
    const auto with = [&](std::size_t at, unsigned value) {
        auto bytes = good;
        bytes.at(at) = std::byte(value);
        return bytes;
    };
    BOOST_TEST(!refused(good));
    BOOST_TEST(refused(with(0, 255)));  // a type that there is not
    BOOST_TEST(refused(with(1, 1)));    // an old version
    BOOST_TEST(refused(with(2, 1)));    // flags, of which a void has none
    BOOST_TEST(refused(with(64, core::limits::programmes_max)));
    BOOST_TEST(refused(with(68, 5)));  // claims
    BOOST_TEST(refused(with(69, 5)));
    BOOST_TEST(refused(with(90, 4)));   // a reason
    BOOST_TEST(refused(with(91, 3)));   // a source
    BOOST_TEST(refused(with(91, 12)));  // a funding
    auto longer = good;
    longer.push_back({});
    BOOST_TEST(refused(longer));
    auto shorter = good;
    shorter.pop_back();
    BOOST_TEST(refused(shorter));
}

BOOST_AUTO_TEST_SUITE_END()
