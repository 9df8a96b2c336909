#include "storage/event_records.hpp"
#include "storage/programme_codec.hpp"

namespace doseline::storage {

using namespace core;

void write(const programme_defined& e, record_batch& into) {
    auto w = begin_record(into, 2 + programme_bytes(*e.definition), record_type::programme_defined,
                          e.header);
    w.u16(e.number);
    write_programme(*e.definition, w);
}

event read_definition(const record_head& h, field_reader& r) {
    const programme_number number = r.u16();
    r.require(number < limits::programmes_max);
    return programme_defined{h.header, number,
                             std::make_shared<const programme>(read_programme(r))};
}

void write(const clinic_registered& e, record_batch& into) {
    auto w = begin_record(into, 4 + 4 + 1 + 4 + 4 + field_writer::text_bytes(e.name),
                          record_type::clinic_registered, e.header, e.number);
    w.u32(e.code);
    w.u32(e.region);
    w.u8(static_cast<std::uint8_t>(e.kind));
    w.day(e.contract_from);
    w.day(e.contract_to);
    w.text(e.name);
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

void write(const device_enrolled& e, record_batch& into) {
    auto w = begin_record(into, 4 + 8 + 8, record_type::device_enrolled, e.header, e.clinic);
    w.u32(e.device);
    w.u64(e.code_id);
    w.time(e.code_expires);
}

event read_device(const record_head& h, field_reader& r) noexcept {
    device_enrolled e{h.header, h.clinic, r.u32(), 0, {}};
    e.code_id = r.u64();
    e.code_expires = r.time();
    return e;
}

void write(const access_revoked& e, record_batch& into) {
    auto w = begin_record(into, 4 + 8, record_type::access_revoked, e.header, e.clinic);
    w.u32(e.device);
    w.time(e.issued_until);
}

event read_revocation(const record_head& h, field_reader& r) noexcept {
    access_revoked e{h.header, h.clinic, r.u32(), {}};
    e.issued_until = r.time();
    return e;
}

}  // namespace doseline::storage
