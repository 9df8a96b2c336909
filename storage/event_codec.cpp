#include "storage/event_codec.hpp"

#include "storage/programme_codec.hpp"

#include <type_traits>

namespace doseline::storage {

namespace {

using namespace core;

// The first byte of an event. Numbers are for ever; a type that is no longer written is still read.
enum class record_type : std::uint8_t {
    book_opened = 1,
    programme_defined = 2,
    clinic_registered = 3,
    lot_registered = 4,
    stock_moved = 5,
    device_enrolled = 6,
    dose_registered = 7,
    extension_attached = 8,
    dose_voided = 9,
    dose_reevaluated = 10,
};
constexpr std::size_t header_bytes = 24;

// type, version, flags, clinic, previous of clinic, recorded at
field_writer begin(record_batch& into, std::size_t body_bytes, record_type type,
                   const event_header& header, clinic_number clinic = no_clinic,
                   flag_set flags = 0) {
    field_writer w(into.add(header_bytes + body_bytes));
    w.u8(static_cast<std::uint8_t>(type));
    w.u8(record_version);
    w.u16(flags);
    w.u32(clinic);
    w.u64(header.previous_of_clinic);
    w.time(header.recorded_at);
    return w;
}

struct record_head {
    record_type type{};
    flag_set flags = 0;
    clinic_number clinic = no_clinic;
    event_header header;
};

record_head read_head(field_reader& r) noexcept {
    record_head h;
    h.type = static_cast<record_type>(r.u8());
    r.require(r.u8() == record_version);
    h.flags = r.u16();
    h.clinic = r.u32();
    h.header.previous_of_clinic = r.u64();
    h.header.recorded_at = r.time();
    return h;
}

void write(const book_opened& e, record_batch& into) {
    auto w = begin(into, 4, record_type::book_opened, e.header);
    w.u16(e.book);
    w.u16(e.year);
}

void write(const programme_defined& e, record_batch& into) {
    auto w =
        begin(into, 2 + programme_bytes(*e.definition), record_type::programme_defined, e.header);
    w.u16(e.number);
    write_programme(*e.definition, w);
}

void write(const clinic_registered& e, record_batch& into) {
    auto w = begin(into, 4 + 4 + 1 + 4 + 4 + field_writer::text_bytes(e.name),
                   record_type::clinic_registered, e.header, e.number);
    w.u32(e.code);
    w.u32(e.region);
    w.u8(static_cast<std::uint8_t>(e.kind));
    w.day(e.contract_from);
    w.day(e.contract_to);
    w.text(e.name);
}

void write(const lot_registered& e, record_batch& into) {
    auto w = begin(into, 4 + 2 + 20 + 20 + 4 + 1 + 1, record_type::lot_registered, e.header);
    w.u32(e.number);
    w.u16(e.programme);
    w.bytes(std::as_bytes(std::span(e.lot.padded())));
    w.bytes(std::as_bytes(std::span(e.product.padded())));
    w.day(e.expires);
    w.u8(e.recalled);
    w.u8(e.verified);
}

void write(const stock_moved& e, record_batch& into) {
    auto w = begin(into, 1 + 1 + 4 + 4, record_type::stock_moved, e.header, e.clinic);
    w.u8(static_cast<std::uint8_t>(e.kind));
    w.u8(static_cast<std::uint8_t>(e.funding));
    w.u32(e.lot);
    w.i32(e.quantity);
}

void write(const device_enrolled& e, record_batch& into) {
    auto w = begin(into, 4 + 8 + 8, record_type::device_enrolled, e.header, e.clinic);
    w.u32(e.device);
    w.u64(e.code_id);
    w.time(e.code_expires);
}

constexpr unsigned offline_bit = 1u << 4;
constexpr unsigned confirmed_bit = 1u << 5;
constexpr unsigned extended_bit = 1u << 6;

void write(const dose_registered& e, record_batch& into) {
    auto w = begin(into, registration_bytes - header_bytes, record_type::dose_registered, e.header,
                   e.clinic, e.flags);
    w.u64(e.previous_of_person);
    w.bytes(e.person);
    w.bytes(e.key);
    w.bytes(e.content);
    w.time(e.occurred_at);
    w.u16(e.programme);
    w.u16(e.programme_version);
    w.u8(e.dose_number);
    w.u8(static_cast<std::uint8_t>(e.claim));
    w.u8(static_cast<unsigned>(e.source) | static_cast<unsigned>(e.funding) << 2 |
         (e.offline ? offline_bit : 0) | (e.confirmed ? confirmed_bit : 0) |
         (e.extended ? extended_bit : 0));
    w.u8(static_cast<unsigned>(e.site) | static_cast<unsigned>(e.route) << 4);
    w.u32(e.lot);
    w.i32(e.remaining);
    w.u32(e.device);
    w.u8(e.dose_ml_hundredths);
    w.u8(e.exception);
    w.u8(e.data_key);
    w.u8(static_cast<std::uint8_t>(e.claim_alone));
    w.bytes(std::as_bytes(std::span(e.user.padded())));
    w.u16(0);
    w.bytes(e.sealed);
}

void write(const extension_attached& e, record_batch& into) {
    auto w = begin(into, 1 + e.sealed.size(), record_type::extension_attached, e.header, e.clinic);
    w.u8(e.data_key);
    w.bytes(e.sealed);
}

constexpr std::size_t amendment_bytes = 8 + 8 + 8 + 16 + 2 + 2 + 1 + 1;

void put(const amendment& change, field_writer& w) {
    w.u64(change.registration);
    w.u64(change.previous_of_registration);
    w.u64(change.previous_of_person);
    w.bytes(change.person);
    w.u16(change.programme);
    w.u16(change.version);
    w.u8(static_cast<std::uint8_t>(change.claim_before));
    w.u8(static_cast<std::uint8_t>(change.claim));
}

void write(const dose_voided& e, record_batch& into) {
    auto w = begin(into, amendment_bytes + 4 + 16 + 1 + 1 + 4 + 8 + 4 + 4 + 4,
                   record_type::dose_voided, e.header, e.change.clinic);
    put(e.change, w);
    w.u32(e.device);
    w.bytes(std::as_bytes(std::span(e.user.padded())));
    w.u8(static_cast<std::uint8_t>(e.reason));
    w.u8(static_cast<unsigned>(e.source) | static_cast<unsigned>(e.funding) << 2);
    w.u32(e.lot);
    w.time(e.registered_at);
    w.day(e.last_day);
    w.u32(e.last_clinic);
    w.i32(e.remaining);
}

void write(const dose_reevaluated& e, record_batch& into) {
    auto w = begin(into, amendment_bytes, record_type::dose_reevaluated, e.header, e.change.clinic,
                   e.flags);
    put(e.change, w);
}

constexpr bool is_flag_set(flag_set flags) noexcept {
    return flags < 2 * bit(flag::contract_inactive);
}

amendment read_amendment(const record_head& h, field_reader& r) noexcept {
    amendment change;
    change.clinic = h.clinic;
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

event read_void(const record_head& h, field_reader& r) noexcept {
    dose_voided e;
    e.header = h.header;
    e.change = read_amendment(h, r);
    e.device = r.u32();
    e.user = r.padded<limits::user_code_bytes_max>();
    e.reason = r.as(r.u8(), void_reason::other);
    const unsigned bits = r.u8();
    r.require(bits < 16);
    e.source = r.as(bits & 3u, dose_source::private_stock);
    e.funding = r.as(bits >> 2, funding::private_pay);
    e.lot = r.u32();
    e.registered_at = r.time();
    e.last_day = r.day();
    e.last_clinic = r.u32();
    e.remaining = r.i32();
    return e;
}

event read_reevaluation(const record_head& h, field_reader& r) noexcept {
    dose_reevaluated e;
    e.header = h.header;
    e.flags = h.flags;
    r.require(is_flag_set(h.flags));
    e.change = read_amendment(h, r);
    return e;
}

event read_dose(const record_head& h, field_reader& r) noexcept {
    dose_registered e;
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
    r.require(bits < 2 * extended_bit);
    e.source = r.as(bits & 3u, dose_source::private_stock);
    e.funding = r.as(bits >> 2 & 3u, funding::private_pay);
    e.offline = (bits & offline_bit) != 0;
    e.confirmed = (bits & confirmed_bit) != 0;
    e.extended = (bits & extended_bit) != 0;
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
    r.require(r.u16() == 0);
    r.bytes(e.sealed);
    return e;
}

event read_clinic(const record_head& h, field_reader& r) {
    clinic_registered e;
    e.header = h.header;
    e.number = h.clinic;
    e.code = r.u32();
    e.region = r.u32();
    e.kind = r.as(r.u8(), facility_kind::health_centre);
    e.contract_from = r.day();
    e.contract_to = r.day();
    e.name = r.text(4 * limits::clinic_name_characters_max);
    return e;
}

event read_lot(const record_head& h, field_reader& r) noexcept {
    lot_registered e;
    e.header = h.header;
    e.number = r.u32();
    e.programme = r.u16();
    r.require(e.programme < limits::programmes_max);
    e.lot = r.padded<limits::lot_bytes_max>();
    e.product = r.padded<limits::product_bytes_max>();
    e.expires = r.day();
    e.recalled = r.flag();
    e.verified = r.flag();
    return e;
}

event read_movement(const record_head& h, field_reader& r) noexcept {
    stock_moved e;
    e.header = h.header;
    e.clinic = h.clinic;
    e.kind = r.as(r.u8(), movement::received);
    e.funding = r.as(r.u8(), funding::private_pay);
    e.lot = r.u32();
    e.quantity = r.i32();
    return e;
}

event read_body(const record_head& h, field_reader& r) {
    switch (h.type) {
        case record_type::book_opened: {
            const std::uint16_t book = r.u16();
            return book_opened{h.header, book, r.u16()};
        }
        case record_type::programme_defined: {
            const programme_number number = r.u16();
            r.require(number < limits::programmes_max);
            return programme_defined{h.header, number,
                                     std::make_shared<const programme>(read_programme(r))};
        }
        case record_type::clinic_registered: return read_clinic(h, r);
        case record_type::lot_registered: return read_lot(h, r);
        case record_type::stock_moved: return read_movement(h, r);
        case record_type::device_enrolled: {
            device_enrolled e{h.header, h.clinic, r.u32(), 0, {}};
            e.code_id = r.u64();
            e.code_expires = r.time();
            return e;
        }
        case record_type::dose_registered: return read_dose(h, r);
        case record_type::extension_attached: {
            extension_attached e{h.header, h.clinic, r.u8(), {}};
            const auto sealed = r.take(r.rest().size());
            e.sealed.assign(sealed.begin(), sealed.end());
            return e;
        }
        case record_type::dose_voided: return read_void(h, r);
        case record_type::dose_reevaluated: return read_reevaluation(h, r);
    }
    r.fail();
    return {};
}

}  // namespace

void encode(const event& e, record_batch& into) {
    std::visit([&](const auto& what) { write(what, into); }, e);
}

result<event> decode_event(std::span<const std::byte> record) {
    field_reader r(record);
    const record_head head = read_head(r);
    event e = read_body(head, r);
    // What has no flags or no clinic says so in the one way.
    const bool dose =
        head.type == record_type::dose_registered || head.type == record_type::dose_reevaluated;
    r.require(dose || head.flags == 0);
    if (!r.complete()) {
        return errc::malformed;
    }
    return e;
}

}  // namespace doseline::storage
