#include "storage/event_codec.hpp"

#include "storage/event_records.hpp"

namespace doseline::storage {

using namespace core;

// type, version, flags, clinic, previous of clinic, recorded at
field_writer begin_record(record_batch& into, std::size_t body_bytes, record_type type,
                          const event_header& header, clinic_number clinic, flag_set flags) {
    field_writer w(into.add(header_bytes + body_bytes));
    w.u8(static_cast<std::uint8_t>(type));
    w.u8(record_version);
    w.u16(flags);
    w.u32(clinic);
    w.u64(header.previous_of_clinic);
    w.time(header.recorded_at);
    return w;
}

namespace {

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

event read_other(const record_head& h, field_reader& r) {
    switch (h.type) {
        case record_type::book_opened: return read_book(h, r);
        case record_type::programme_defined: return read_definition(h, r);
        case record_type::clinic_registered: return read_clinic(h, r);
        case record_type::lot_registered: return read_lot(h, r);
        case record_type::stock_moved: return read_movement(h, r);
        case record_type::device_enrolled: return read_device(h, r);
        case record_type::dose_registered: break;  // read_body()
        case record_type::extension_attached: return read_extension(h, r);
        case record_type::dose_voided: return read_void(h, r);
        case record_type::dose_reevaluated: return read_reevaluation(h, r);
        case record_type::stock_changed: return read_stock_change(h, r);
        case record_type::lot_recalled: return read_recall(h, r);
        case record_type::access_revoked: return read_revocation(h, r);
        case record_type::dose_corrected: return read_correction(h, r);
        case record_type::book_closed: return read_book_end(h, r);
        case record_type::stock_carried: return read_carried_stock(h, r);
        case record_type::person_carried: return read_carried_person(h, r);
        case record_type::key_carried: return read_carried_key(h, r);
        case record_type::claim_decided: return read_claim_decision(h, r);
        case record_type::day_reported: return read_day_report(h, r);
    }
    r.fail();
    return {};
}

void read_body(const record_head& h, field_reader& r, event& into) {
    if (h.type == record_type::dose_registered) {
        read_dose(h, r, into.emplace<dose_registered>());
    } else {
        into = read_other(h, r);
    }
}

}  // namespace

void encode(const event& e, record_batch& into) {
    std::visit([&](const auto& what) { write(what, into); }, e);
}

result<event> decode_event(std::span<const std::byte> record) {
    event e;
    if (!decode_event(record, e)) {
        return errc::malformed;
    }
    return e;
}

bool decode_event(std::span<const std::byte> record, event& into) {
    field_reader r(record);
    const record_head head = read_head(r);
    read_body(head, r, into);
    // What has no flags or no clinic says so in the one way.
    const bool dose = head.type == record_type::dose_registered ||
                      head.type == record_type::dose_reevaluated ||
                      head.type == record_type::dose_corrected;
    r.require(dose || head.flags == 0);
    return r.complete();
}

}  // namespace doseline::storage
