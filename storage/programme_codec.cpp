#include "storage/programme_codec.hpp"

#include "core/limits.hpp"

namespace doseline::storage {

namespace {

constexpr std::size_t name_bytes_max = 200;
constexpr std::size_t phase_bytes = 4 * 4 + 3;

void write_phase(const core::phase& p, field_writer& w) noexcept {
    w.day(p.birth_from);
    w.day(p.birth_to);
    w.day(p.opens);
    w.day(p.closes);
    w.u8(p.facilities);
    w.u8(static_cast<std::uint8_t>(p.funding));
    w.u8(p.priority);
}

core::phase read_phase(field_reader& r) noexcept {
    core::phase p;
    p.birth_from = r.day();
    p.birth_to = r.day();
    p.opens = r.day();
    p.closes = r.day();
    p.facilities = r.u8();
    p.funding = r.as(r.u8(), core::funding::private_pay);
    p.priority = r.u8();
    return p;
}

}  // namespace

std::size_t programme_bytes(const core::programme& p) noexcept {
    std::size_t bytes = field_writer::text_bytes(p.code) + field_writer::text_bytes(p.name) + 2 +
                        4 + 4 + 4 + 1 + 1 + 2 + 1 + p.phases.size() * phase_bytes + 1;
    for (const core::exception_kind& e : p.exceptions) {
        bytes += field_writer::text_bytes(e.code) + phase_bytes + 1;
    }
    return bytes;
}

void write_programme(const core::programme& p, field_writer& w) noexcept {
    w.text(p.code);
    w.text(p.name);
    w.u16(p.version);
    w.day(p.starts);
    w.day(p.ends);
    w.i32(static_cast<std::int32_t>(p.offset.count()));
    w.u8(p.priority);
    w.u8(p.schedule.doses);
    w.u16(p.schedule.interval_days_min);
    w.u8(p.phases.size());
    for (const core::phase& window : p.phases) {
        write_phase(window, w);
    }
    w.u8(p.exceptions.size());
    for (const core::exception_kind& e : p.exceptions) {
        w.text(e.code);
        write_phase(e.window, w);
        w.u8(e.evidence_required);
    }
}

core::programme read_programme(field_reader& r) {
    core::programme p;
    p.code = r.text(core::limits::programme_code_bytes_max);
    p.name = r.text(name_bytes_max);
    p.version = r.u16();
    p.starts = r.day();
    p.ends = r.day();
    p.offset = core::zone_offset{r.i32()};
    p.priority = r.u8();
    p.schedule.doses = r.u8();
    p.schedule.interval_days_min = r.u16();
    const std::uint8_t phases = r.u8();
    r.require(phases <= core::limits::phases_per_programme_max);
    for (unsigned i = 0; i < phases && !r.rest().empty(); ++i) {
        p.phases.push_back(read_phase(r));
    }
    const std::uint8_t exceptions = r.u8();
    r.require(exceptions <= core::limits::exceptions_per_programme_max);
    for (unsigned i = 0; i < exceptions && !r.rest().empty(); ++i) {
        core::exception_kind e;
        e.code = r.text(core::limits::exception_code_bytes_max);
        e.window = read_phase(r);
        e.evidence_required = r.flag();
        p.exceptions.push_back(std::move(e));
    }
    return p;
}

}  // namespace doseline::storage
