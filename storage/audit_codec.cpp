#include "storage/event_codec.hpp"
#include "storage/field_codec.hpp"

#include <algorithm>

namespace doseline::storage {

using namespace core;

void encode(const audit_record& a, record_batch& into) { encode(a, {}, into); }

void encode(const audit_record& a, std::string_view reason, record_batch& into) {
    field_writer w(into.add(audit_bytes + reason.size()));
    w.u8(static_cast<std::uint8_t>(a.action));
    w.u8(record_version);
    w.u8(static_cast<std::uint8_t>(a.decision));
    w.u8(static_cast<std::uint8_t>(a.act));
    w.u32(a.by.clinic);
    w.time(a.at);
    w.u32(a.by.device);
    w.u16(a.programme);
    w.u16(a.hold_seconds);
    w.bytes(std::as_bytes(std::span(a.by.user.padded())));
    w.bytes(a.by.address);
    w.bytes(a.person);
    w.u64(a.subject);
    w.characters(reason);
}

result<audit_record> decode_audit(std::span<const std::byte> record) {
    field_reader r(record);
    audit_record a;
    a.action = r.as(r.u8(), audit_action::operated);
    r.require(r.u8() == record_version);
    a.decision = r.as(r.u8(), decision::eligible);
    a.act = r.as(r.u8(), operator_act::master_key);
    r.require((a.act != operator_act::none) == (a.action == audit_action::operated));
    a.by.clinic = r.u32();
    a.at = r.time();
    a.by.device = r.u32();
    a.programme = r.u16();
    a.hold_seconds = r.u16();
    a.by.user = r.padded<limits::user_code_bytes_max>();
    r.bytes(a.by.address);
    r.bytes(a.person);
    a.subject = r.u64();
    if (a.action == audit_action::exported || a.action == audit_action::book_destroyed ||
        a.action == audit_action::imported) {
        const std::size_t reason = r.take(r.rest().size()).size();
        r.require(reason >= 1 && reason <= limits::export_reason_characters_max * 4);
    }
    if (!r.complete()) {
        return errc::malformed;
    }
    return a;
}

std::string_view reason_in(std::span<const std::byte> audit_record) noexcept {
    const auto reason = audit_record.subspan(std::min(audit_bytes, audit_record.size()));
    return {reinterpret_cast<const char*>(reason.data()), reason.size()};
}

}  // namespace doseline::storage
