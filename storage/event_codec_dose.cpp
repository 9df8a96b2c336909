#include "storage/event_records.hpp"

namespace doseline::storage {

using namespace core;

namespace {

constexpr unsigned offline_bit = 1u << 4;
constexpr unsigned confirmed_bit = 1u << 5;
constexpr unsigned extended_bit = 1u << 6;
constexpr unsigned evidence_bit = 1u << 7;

constexpr std::size_t amendment_bytes = 4 + 8 + 8 + 8 + 16 + 2 + 2 + 1 + 1;
constexpr std::size_t origin_bytes = 1 + 4;

unsigned bits_of(dose_source source, funding from) noexcept {
    return static_cast<unsigned>(source) | static_cast<unsigned>(from) << 2;
}

void put(const dose_origin& o, field_writer& w) {
    w.u8(bits_of(o.source, o.funding));
    w.u32(o.lot);
}

dose_origin read_origin(field_reader& r) noexcept {
    const unsigned bits = r.u8();
    r.require(bits < 16);
    dose_origin o;
    o.source = r.as(bits & 3u, dose_source::private_stock);
    o.funding = r.as(bits >> 2, funding::private_pay);
    o.lot = r.u32();
    return o;
}

void put(const amendment& change, field_writer& w) {
    w.u32(change.acting);
    w.u64(change.registration);
    w.u64(change.previous_of_registration);
    w.u64(change.previous_of_person);
    w.bytes(change.person);
    w.u16(change.programme);
    w.u16(change.version);
    w.u8(static_cast<std::uint8_t>(change.claim_before));
    w.u8(static_cast<std::uint8_t>(change.claim));
}

constexpr bool is_flag_set(flag_set flags) noexcept {
    return flags < 2 * bit(flag::evidence_missing);
}

amendment read_amendment(const record_head& h, field_reader& r) noexcept {
    amendment change;
    change.clinic = h.clinic;
    change.acting = r.u32();
    change.registration = r.u64();
    change.previous_of_registration = r.u64();
    change.previous_of_person = r.u64();
    r.bytes(change.person);
    change.programme = r.u16();
    r.require(change.programme < limits::programmes_max);
    change.version = r.u16();
    change.claim_before = r.as(r.u8(), claim_state::paid);
    change.claim = r.as(r.u8(), claim_state::paid);
    return change;
}

}  // namespace

void write(const dose_registered& e, record_batch& into) {
    auto w = begin_record(into, registration_bytes - header_bytes, record_type::dose_registered,
                          e.header, e.clinic, e.flags);
    w.u64(e.previous_of_person);
    w.bytes(e.person);
    w.bytes(e.key);
    w.bytes(e.content);
    w.time(e.occurred_at);
    w.u16(e.programme);
    w.u16(e.programme_version);
    w.u8(e.dose_number);
    w.u8(static_cast<std::uint8_t>(e.claim));
    w.u8(bits_of(e.source, e.funding) | (e.offline ? offline_bit : 0) |
         (e.confirmed ? confirmed_bit : 0) | (e.extended ? extended_bit : 0) |
         (e.evidence ? evidence_bit : 0));
    w.u8(static_cast<unsigned>(e.site) | static_cast<unsigned>(e.route) << 4);
    w.u32(e.lot);
    w.i32(e.remaining);
    w.u32(e.device);
    w.u8(e.dose_ml_hundredths);
    w.u8(e.exception);
    w.u8(e.data_key);
    w.u8(static_cast<std::uint8_t>(e.claim_alone));
    w.bytes(std::as_bytes(std::span(e.user.padded())));
    w.u8(static_cast<std::uint8_t>(e.claim_by_rules));
    w.u8(0);
    w.bytes(e.sealed);
}

void read_dose(const record_head& h, field_reader& r, dose_registered& e) noexcept {
    e.header = h.header;
    e.clinic = h.clinic;
    e.flags = h.flags;
    r.require(is_flag_set(h.flags));
    e.previous_of_person = r.u64();
    r.bytes(e.person);
    r.bytes(e.key);
    r.bytes(e.content);
    e.occurred_at = r.time();
    e.programme = r.u16();
    r.require(e.programme < limits::programmes_max);
    e.programme_version = r.u16();
    e.dose_number = r.u8();
    e.claim = r.as(r.u8(), claim_state::paid);
    const unsigned bits = r.u8();
    e.source = r.as(bits & 3u, dose_source::private_stock);
    e.funding = r.as(bits >> 2 & 3u, funding::private_pay);
    e.offline = (bits & offline_bit) != 0;
    e.confirmed = (bits & confirmed_bit) != 0;
    e.extended = (bits & extended_bit) != 0;
    e.evidence = (bits & evidence_bit) != 0;
    r.require(e.extended || !e.evidence);
    const unsigned place = r.u8();
    e.site = r.as(place & 15u, body_site::right_thigh);
    e.route = r.as(place >> 4, route::subcutaneous);
    e.lot = r.u32();
    e.remaining = r.i32();
    e.device = r.u32();
    e.dose_ml_hundredths = r.u8();
    e.exception = r.u8();
    e.data_key = r.u8();
    e.claim_alone = r.as(r.u8(), claim_state::paid);
    e.user = r.padded<limits::user_code_bytes_max>();
    e.claim_by_rules = r.as(r.u8(), claim_state::paid);
    r.require(r.u8() == 0);
    r.bytes(e.sealed);
}

void write(const extension_attached& e, record_batch& into) {
    auto w = begin_record(into, 1 + e.sealed.size(), record_type::extension_attached, e.header,
                          e.clinic);
    w.u8(e.data_key);
    w.bytes(e.sealed);
}

event read_extension(const record_head& h, field_reader& r) {
    extension_attached e{h.header, h.clinic, r.u8(), {}};
    const auto sealed = r.take(r.rest().size());
    e.sealed.assign(sealed.begin(), sealed.end());
    return e;
}

void write(const dose_voided& e, record_batch& into) {
    auto w = begin_record(into, amendment_bytes + 4 + 16 + 1 + origin_bytes + 8 + 4 + 4 + 4,
                          record_type::dose_voided, e.header, e.change.clinic);
    put(e.change, w);
    w.u32(e.device);
    w.bytes(std::as_bytes(std::span(e.user.padded())));
    w.u8(static_cast<std::uint8_t>(e.reason));
    put(dose_origin{e.lot, e.source, e.funding}, w);
    w.time(e.registered_at);
    w.day(e.last_day);
    w.u32(e.last_clinic);
    w.i32(e.remaining);
}

event read_void(const record_head& h, field_reader& r) noexcept {
    dose_voided e;
    e.header = h.header;
    e.change = read_amendment(h, r);
    e.device = r.u32();
    e.user = r.padded<limits::user_code_bytes_max>();
    e.reason = r.as(r.u8(), void_reason::other);
    const dose_origin from = read_origin(r);
    e.lot = from.lot;
    e.source = from.source;
    e.funding = from.funding;
    e.registered_at = r.time();
    e.last_day = r.day();
    e.last_clinic = r.u32();
    e.remaining = r.i32();
    return e;
}

void write(const dose_reevaluated& e, record_batch& into) {
    auto w = begin_record(into, amendment_bytes, record_type::dose_reevaluated, e.header,
                          e.change.clinic, e.flags);
    put(e.change, w);
}

event read_reevaluation(const record_head& h, field_reader& r) noexcept {
    dose_reevaluated e;
    e.header = h.header;
    e.flags = h.flags;
    r.require(is_flag_set(h.flags));
    e.change = read_amendment(h, r);
    return e;
}

void write(const dose_corrected& e, record_batch& into) {
    auto w = begin_record(into,
                          amendment_bytes + 4 + 16 + 16 + 1 + 2 * origin_bytes + 8 + 2 + 1 + 1 + 1 +
                              1 + 1 + 4 + 4 + 4,
                          record_type::dose_corrected, e.header, e.change.clinic, e.flags);
    put(e.change, w);
    w.u32(e.device);
    w.bytes(std::as_bytes(std::span(e.user.padded())));
    w.bytes(e.content);
    w.u8(static_cast<std::uint8_t>(e.reason));
    put(e.before, w);
    put(e.after, w);
    w.time(e.occurred_at);
    w.u16(e.programme_version);
    w.u8(static_cast<std::uint8_t>(e.claim_alone));
    w.u8(static_cast<std::uint8_t>(e.claim_by_rules));
    w.u8(e.dose_ml_hundredths);
    w.u8(static_cast<unsigned>(e.site) | static_cast<unsigned>(e.route) << 4);
    w.u8(e.confirmed ? 1 : 0);
    w.day(e.last_day);
    w.u32(e.last_clinic);
    w.i32(e.remaining);
}

event read_correction(const record_head& h, field_reader& r) noexcept {
    dose_corrected e;
    e.header = h.header;
    e.flags = h.flags;
    r.require(is_flag_set(h.flags));
    e.change = read_amendment(h, r);
    e.device = r.u32();
    e.user = r.padded<limits::user_code_bytes_max>();
    r.bytes(e.content);
    e.reason = r.as(r.u8(), correction_reason::other);
    e.before = read_origin(r);
    e.after = read_origin(r);
    e.occurred_at = r.time();
    e.programme_version = r.u16();
    e.claim_alone = r.as(r.u8(), claim_state::paid);
    e.claim_by_rules = r.as(r.u8(), claim_state::paid);
    e.dose_ml_hundredths = r.u8();
    const unsigned place = r.u8();
    e.site = r.as(place & 15u, body_site::right_thigh);
    e.route = r.as(place >> 4, route::subcutaneous);
    e.confirmed = r.flag();
    e.last_day = r.day();
    e.last_clinic = r.u32();
    e.remaining = r.i32();
    return e;
}

void write(const claim_decided& e, record_batch& into) {
    auto w = begin_record(into, amendment_bytes + 4 + 16 + 1 + 1, record_type::claim_decided,
                          e.header, e.change.clinic);
    put(e.change, w);
    w.u32(e.device);
    w.bytes(std::as_bytes(std::span(e.user.padded())));
    w.u8(static_cast<std::uint8_t>(e.decision));
    w.u8(static_cast<std::uint8_t>(e.reason));
}

event read_claim_decision(const record_head& h, field_reader& r) noexcept {
    claim_decided e;
    e.header = h.header;
    e.change = read_amendment(h, r);
    e.device = r.u32();
    e.user = r.padded<limits::user_code_bytes_max>();
    e.decision = r.as(r.u8(), claim_decision::paid);
    e.reason = r.as(r.u8(), claim_reason::other);
    r.require((e.reason == claim_reason::none) == (e.decision == claim_decision::paid));
    return e;
}

}  // namespace doseline::storage
