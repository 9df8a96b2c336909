#include "tests/storage/event_bytes.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <tuple>

BOOST_AUTO_TEST_SUITE(event_codec)

using namespace doseline;
using namespace std::chrono_literals;
using test::bytes_of;

namespace {

core::amendment some_change() {
    core::amendment c{7, 9, 0x1122334455667788, 12, 13, {}, 3, 5, {}, {}};
    c.person.fill(std::byte{0xab});
    c.claim_before = core::claim_state::review;
    c.claim = core::claim_state::not_payable;
    return c;
}

auto fields(const core::amendment& c) {
    return std::tuple(c.clinic, c.acting, c.registration, c.previous_of_registration,
                      c.previous_of_person, c.person, c.programme, c.version, c.claim_before,
                      c.claim);
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

core::dose_corrected some_correction() {
    core::dose_corrected e;
    e.header = {core::instant{123'456ms}, 99};
    e.change = some_change();
    e.device = 17;
    e.user = core::user_code("NURSE-7");
    e.reason = core::correction_reason::found_later;
    e.content.fill(std::byte{0xcd});
    e.before = {21, core::dose_source::suspense, core::funding::local};
    e.after = {0x11223344, core::dose_source::private_stock, core::funding::private_pay};
    e.occurred_at = core::instant{100ms};
    e.programme_version = 6;
    e.flags = bit(core::flag::contract_inactive);
    e.claim_alone = core::claim_state::not_payable;
    e.claim_by_rules = core::claim_state::review;
    e.dose_ml_hundredths = 25;
    e.site = core::body_site::right_thigh;
    e.route = core::route::subcutaneous;
    e.confirmed = true;
    e.last_day = core::civil_day{std::chrono::days{17'000}};
    e.last_clinic = 8;
    e.remaining = -4;
    return e;
}

core::stock_changed some_movement() {
    core::stock_changed e;
    e.header = {core::instant{123'456ms}, 99};
    e.own = {7, 3, 0x11223344, core::funding::local};
    e.other = {8, 5, 22, core::funding::national};
    e.previous_of_other = 98;
    e.occurred_at = core::instant{0x0102ms};
    e.device = 17;
    e.user = core::user_code("NURSE-7");
    e.key.fill(std::byte{0xab});
    e.content.fill(std::byte{0xcd});
    e.action = core::stock_action::sent;
    e.reason = core::stock_reason::recall;
    e.quantity = 1;
    e.moved = -2;
    e.difference = 3;
    e.settled = -4;
    e.on_hand = 5;
    e.in_transit = 6;
    e.suspense = -7;
    e.remaining = -8;
    return e;
}

std::vector<std::byte> with(std::vector<std::byte> bytes, std::size_t at, unsigned value) {
    bytes.at(at) = std::byte(value);
    return bytes;
}

bool refused(const std::vector<std::byte>& bytes) {
    return !storage::decode_event(bytes).has_value();
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_proves_an_exception_is_in_an_extension_or_is_missing) {
    for (const bool given : {true, false}) {
        core::dose_registered e;
        e.extended = true;
        e.evidence = given;
        e.flags = given ? core::flag_set{0} : bit(core::flag::evidence_missing);
        const auto bytes = bytes_of(e);
        BOOST_TEST(std::to_integer<unsigned>(bytes[94]) == (given ? 0xc0u : 0x40u));
        const auto read = storage::decode_event(bytes);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(std::get<core::dose_registered>(*read).extended);
        BOOST_TEST(std::get<core::dose_registered>(*read).evidence == given);
        BOOST_TEST(std::get<core::dose_registered>(*read).flags == e.flags);
        BOOST_TEST(refused(with(bytes, 94, 0x80)));
    }
}

BOOST_AUTO_TEST_CASE(a_recall_reads_back_as_it_was_written) {
    for (const bool recalled : {true, false}) {
        const auto bytes = bytes_of(core::lot_recalled{{core::instant{5ms}, 0}, 0x1122, recalled});
        BOOST_TEST(bytes.size() == 29u);
        BOOST_TEST(std::to_integer<int>(bytes[0]) == 12);
        const auto read = storage::decode_event(bytes);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(std::get<core::lot_recalled>(*read).number == 0x1122u);
        BOOST_TEST(std::get<core::lot_recalled>(*read).recalled == recalled);
        BOOST_TEST(refused(with(bytes, 28, 2)));
    }
}

BOOST_AUTO_TEST_CASE(a_shipment_reads_back_as_it_was_written) {
    core::stock_moved e;
    e.header = {core::instant{123'456ms}, 99};
    e.kind = core::movement::shipped;
    e.clinic = 7;
    e.lot = 0x11223344;
    e.funding = core::funding::local;
    e.quantity = 258;
    e.key.fill(std::byte{0xab});
    e.content.fill(std::byte{0xcd});
    const auto bytes = bytes_of(e);
    BOOST_TEST(bytes.size() == 66u);
    const auto at = [&](std::size_t n) { return std::to_integer<int>(bytes.at(n)); };
    BOOST_TEST(at(0) == 5);
    BOOST_TEST(at(4) == 7);   // clinic
    BOOST_TEST(at(24) == 0);  // shipped
    BOOST_TEST(at(25) == 1);  // funding
    BOOST_TEST(at(26) == 0x44);
    BOOST_TEST(at(30) == 2);  // quantity
    BOOST_TEST(at(31) == 1);
    BOOST_TEST(at(34) == 0xab);  // key
    BOOST_TEST(at(49) == 0xab);
    BOOST_TEST(at(50) == 0xcd);  // content
    BOOST_TEST(at(65) == 0xcd);
    const auto read = storage::decode_event(bytes);
    BOOST_REQUIRE(read.has_value());
    const auto& back = std::get<core::stock_moved>(*read);
    const auto fields = [](const core::stock_moved& m) {
        return std::tuple(m.header.recorded_at, m.header.previous_of_clinic, m.kind, m.clinic,
                          m.lot, m.funding, m.quantity, m.key, m.content);
    };
    BOOST_CHECK(fields(back) == fields(e));
    BOOST_TEST(refused(with(bytes, 24, 2)));
    BOOST_TEST(refused(with(bytes, 25, 3)));
    BOOST_TEST(refused({bytes.begin(), bytes.begin() + 34}));  // as it was before it had a key
}

BOOST_AUTO_TEST_CASE(a_movement_reads_back_as_it_was_written) {
    const core::stock_changed e = some_movement();
    const auto bytes = bytes_of(e);
    BOOST_TEST(bytes.size() == 144u);
    const auto at = [&](std::size_t n) { return std::to_integer<int>(bytes.at(n)); };
    BOOST_TEST(at(0) == 11);
    BOOST_TEST(at(4) == 7);   // clinic
    BOOST_TEST(at(24) == 2);  // when it occurred
    BOOST_TEST(at(25) == 1);
    BOOST_TEST(at(32) == 17);    // device
    BOOST_TEST(at(36) == 'N');   // user
    BOOST_TEST(at(52) == 0xab);  // key
    BOOST_TEST(at(68) == 0xcd);  // content
    BOOST_TEST(at(84) == 3);     // action
    BOOST_TEST(at(85) == 7);     // reason
    BOOST_TEST(at(86) == 3);     // its account: programme, lot, funding
    BOOST_TEST(at(88) == 0x44);
    BOOST_TEST(at(92) == 1);
    BOOST_TEST(at(93) == 8);  // the other: clinic, programme, lot, funding
    BOOST_TEST(at(97) == 5);
    BOOST_TEST(at(99) == 22);
    BOOST_TEST(at(103) == 0);
    BOOST_TEST(at(104) == 98);
    BOOST_TEST(at(112) == 1);  // quantity
    const auto read = storage::decode_event(bytes);
    BOOST_REQUIRE(read.has_value());
    const auto fields = [](const core::stock_changed& m) {
        return std::tuple(m.header.recorded_at, m.occurred_at, m.header.previous_of_clinic,
                          m.previous_of_other, m.device, m.user, m.key, m.content, m.action,
                          m.reason, m.quantity, m.moved, m.difference, m.settled, m.on_hand,
                          m.in_transit, m.suspense, m.remaining);
    };
    const auto& back = std::get<core::stock_changed>(*read);
    BOOST_CHECK(fields(back) == fields(e));
    BOOST_CHECK(back.own == e.own);
    BOOST_CHECK(back.other == e.other);
}

BOOST_AUTO_TEST_CASE(what_no_movement_can_be_is_malformed) {
    const auto good = bytes_of(some_movement());
    BOOST_TEST(!refused(good));
    BOOST_TEST(refused(with(good, 2, 1)));    // flags
    BOOST_TEST(refused(with(good, 84, 7)));   // an action
    BOOST_TEST(refused(with(good, 85, 12)));  // a reason
    BOOST_TEST(refused(with(good, 86, core::limits::programmes_max)));
    BOOST_TEST(refused(with(good, 92, 3)));  // a funding
    BOOST_TEST(refused(with(good, 97, core::limits::programmes_max)));
    BOOST_TEST(refused(with(good, 103, 3)));
    auto other_size = good;
    other_size.push_back({});
    BOOST_TEST(refused(other_size));
    other_size.resize(good.size() - 1);
    BOOST_TEST(refused(other_size));
}

BOOST_AUTO_TEST_CASE(a_void_reads_back_as_it_was_written) {
    const core::dose_voided e = some_void();
    const auto bytes = bytes_of(e);
    BOOST_TEST(bytes.size() == 120u);
    BOOST_TEST(std::to_integer<int>(bytes[0]) == 9);
    BOOST_TEST(std::to_integer<int>(bytes[24]) == 9);     // who acted
    BOOST_TEST(std::to_integer<int>(bytes[28]) == 0x88);  // the registration, little-endian
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
    BOOST_TEST(bytes.size() == 74u);
    const auto read = storage::decode_event(bytes);
    BOOST_REQUIRE(read.has_value());
    const auto& back = std::get<core::dose_reevaluated>(*read);
    BOOST_CHECK(fields(back.change) == fields(e.change));
    BOOST_TEST(back.flags == e.flags);
}

BOOST_AUTO_TEST_CASE(a_correction_reads_back_as_it_was_written) {
    const core::dose_corrected e = some_correction();
    const auto bytes = bytes_of(e);
    BOOST_TEST(bytes.size() == 148u);
    BOOST_TEST(std::to_integer<int>(bytes[0]) == 14);
    const auto read = storage::decode_event(bytes);
    BOOST_REQUIRE(read.has_value());
    const auto& back = std::get<core::dose_corrected>(*read);
    BOOST_CHECK(fields(back.change) == fields(e.change));
    const auto others = [](const core::dose_corrected& c) {
        return std::tuple(c.header.recorded_at, c.header.previous_of_clinic, c.device, c.user,
                          c.reason, c.content, c.occurred_at, c.programme_version, c.flags,
                          c.claim_alone, c.claim_by_rules, c.dose_ml_hundredths, c.site, c.route,
                          c.confirmed, c.last_day, c.last_clinic, c.remaining);
    };
    BOOST_CHECK(others(back) == others(e));
    BOOST_CHECK(back.before == e.before);
    BOOST_CHECK(back.after == e.after);
}

BOOST_AUTO_TEST_CASE(what_no_correction_can_be_is_malformed) {
    const auto good = bytes_of(some_correction());
    BOOST_TEST(!refused(good));
    BOOST_TEST(refused(with(good, 3, 8)));     // a flag that there is not
    BOOST_TEST(refused(with(good, 110, 5)));   // a reason
    BOOST_TEST(refused(with(good, 111, 3)));   // a source
    BOOST_TEST(refused(with(good, 116, 12)));  // a funding
    BOOST_TEST(refused(with(good, 131, 5)));   // claims
    BOOST_TEST(refused(with(good, 132, 5)));
    BOOST_TEST(refused(with(good, 134, 0x05)));  // a site
    BOOST_TEST(refused(with(good, 134, 0x30)));  // a route
    BOOST_TEST(refused(with(good, 135, 2)));     // confirmed or not
    auto other_size = good;
    other_size.push_back({});
    BOOST_TEST(refused(other_size));
    other_size.resize(good.size() - 1);
    BOOST_TEST(refused(other_size));
}

BOOST_AUTO_TEST_CASE(what_no_void_can_be_is_malformed) {
    const auto good = bytes_of(some_void());
    BOOST_TEST(!refused(good));
    BOOST_TEST(refused(with(good, 0, 255)));  // a type that there is not
    BOOST_TEST(refused(with(good, 1, 2)));    // an old version
    BOOST_TEST(refused(with(good, 2, 1)));    // flags, of which a void has none
    BOOST_TEST(refused(with(good, 68, core::limits::programmes_max)));
    BOOST_TEST(refused(with(good, 72, 5)));  // claims
    BOOST_TEST(refused(with(good, 73, 5)));
    BOOST_TEST(refused(with(good, 94, 4)));   // a reason
    BOOST_TEST(refused(with(good, 95, 3)));   // a source
    BOOST_TEST(refused(with(good, 95, 12)));  // a funding
    auto longer = good;
    longer.push_back({});
    BOOST_TEST(refused(longer));
    auto shorter = good;
    shorter.pop_back();
    BOOST_TEST(refused(shorter));
}

BOOST_AUTO_TEST_CASE(a_revocation_comes_back_as_it_went) {
    for (const std::uint32_t device : {0u, 4'294'967'295u}) {
        const auto bytes = bytes_of(
            core::access_revoked{{core::instant{5ms}, 9}, 0x1122, device, core::instant{7ms}});
        const auto read = storage::decode_event(bytes);
        BOOST_REQUIRE(read.has_value());
        const auto& e = std::get<core::access_revoked>(*read);
        BOOST_TEST(e.clinic == 0x1122u);
        BOOST_TEST(e.device == device);
        BOOST_TEST(e.header.previous_of_clinic == 9u);
    }
}

BOOST_AUTO_TEST_SUITE_END()
