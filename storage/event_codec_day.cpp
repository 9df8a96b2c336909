#include "storage/event_records.hpp"

namespace doseline::storage {

using namespace core;

void write(const day_reported& e, record_batch& into) {
    auto w = begin_record(into, 4 + 2 + 4 + 16, record_type::day_reported, e.header, e.clinic);
    w.day(e.day);
    w.u16(e.unsent);
    w.u32(e.device);
    w.bytes(std::as_bytes(std::span(e.user.padded())));
}

event read_day_report(const record_head& h, field_reader& r) noexcept {
    day_reported e;
    e.header = h.header;
    e.clinic = h.clinic;
    e.day = r.day();
    e.unsent = r.u16();
    e.device = r.u32();
    e.user = r.padded<limits::user_code_bytes_max>();
    return e;
}

}  // namespace doseline::storage
