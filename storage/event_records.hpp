#pragma once

#include "storage/event_codec.hpp"
#include "storage/field_codec.hpp"

// What the parts of the event codec share: the head of a record, and a pair of functions a type.
// One file a family: event_codec_book.cpp, _season.cpp, _stock.cpp, _dose.cpp, _day.cpp.
namespace doseline::storage {

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
    stock_changed = 11,
    lot_recalled = 12,
    access_revoked = 13,
    dose_corrected = 14,
    book_closed = 15,
    stock_carried = 16,
    person_carried = 17,
    key_carried = 18,
    claim_decided = 19,
    day_reported = 20,
};
inline constexpr std::size_t header_bytes = 24;

struct record_head {
    record_type type{};
    core::flag_set flags = 0;
    core::clinic_number clinic = core::no_clinic;
    core::event_header header;
};

// A record with its head written and room for a body of that size.
field_writer begin_record(record_batch& into, std::size_t body_bytes, record_type type,
                          const core::event_header& header,
                          core::clinic_number clinic = core::no_clinic, core::flag_set flags = 0);

void write(const core::book_opened& e, record_batch& into);
void write(const core::book_closed& e, record_batch& into);
void write(const core::stock_carried& e, record_batch& into);
void write(const core::person_carried& e, record_batch& into);
void write(const core::key_carried& e, record_batch& into);
void write(const core::programme_defined& e, record_batch& into);
void write(const core::clinic_registered& e, record_batch& into);
void write(const core::device_enrolled& e, record_batch& into);
void write(const core::access_revoked& e, record_batch& into);
void write(const core::lot_registered& e, record_batch& into);
void write(const core::lot_recalled& e, record_batch& into);
void write(const core::stock_moved& e, record_batch& into);
void write(const core::stock_changed& e, record_batch& into);
void write(const core::dose_registered& e, record_batch& into);
void write(const core::extension_attached& e, record_batch& into);
void write(const core::dose_voided& e, record_batch& into);
void write(const core::dose_reevaluated& e, record_batch& into);
void write(const core::dose_corrected& e, record_batch& into);
void write(const core::claim_decided& e, record_batch& into);
void write(const core::day_reported& e, record_batch& into);

// The body behind a head of that type. What is missing or impossible is the reader's to remember.
core::event read_book(const record_head& h, field_reader& r) noexcept;
core::event read_book_end(const record_head& h, field_reader& r) noexcept;
core::event read_carried_stock(const record_head& h, field_reader& r) noexcept;
core::event read_carried_person(const record_head& h, field_reader& r) noexcept;
core::event read_carried_key(const record_head& h, field_reader& r) noexcept;
core::event read_definition(const record_head& h, field_reader& r);
core::event read_clinic(const record_head& h, field_reader& r);
core::event read_device(const record_head& h, field_reader& r) noexcept;
core::event read_revocation(const record_head& h, field_reader& r) noexcept;
core::event read_lot(const record_head& h, field_reader& r) noexcept;
core::event read_recall(const record_head& h, field_reader& r) noexcept;
core::event read_movement(const record_head& h, field_reader& r) noexcept;
core::event read_stock_change(const record_head& h, field_reader& r) noexcept;
// In its place: a start reads ten million of them. REQUIRES: e is as a new one.
void read_dose(const record_head& h, field_reader& r, core::dose_registered& e) noexcept;
core::event read_extension(const record_head& h, field_reader& r);
core::event read_void(const record_head& h, field_reader& r) noexcept;
core::event read_reevaluation(const record_head& h, field_reader& r) noexcept;
core::event read_correction(const record_head& h, field_reader& r) noexcept;
core::event read_claim_decision(const record_head& h, field_reader& r) noexcept;
core::event read_day_report(const record_head& h, field_reader& r) noexcept;

}  // namespace doseline::storage
