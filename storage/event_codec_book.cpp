#include "storage/event_records.hpp"

// How a book begins and ends.
namespace doseline::storage {

using namespace core;

void write(const book_opened& e, record_batch& into) {
    auto w = begin_record(into, 2 + 2 + 2 + 8, record_type::book_opened, e.header);
    w.u16(e.book);
    w.u16(e.year);
    w.u16(e.settled);
    w.u64(e.carried);
}

event read_book(const record_head& h, field_reader& r) noexcept {
    book_opened e;
    e.header = h.header;
    e.book = r.u16();
    e.year = r.u16();
    e.settled = r.u16();
    e.carried = r.u64();
    return e;
}

void write(const book_closed& e, record_batch& into) {
    auto w = begin_record(into, 2, record_type::book_closed, e.header);
    w.u16(e.book);
}

event read_book_end(const record_head& h, field_reader& r) noexcept {
    return book_closed{h.header, r.u16()};
}

void write(const stock_carried& e, record_batch& into) {
    auto w = begin_record(into, 2 + 4 + 1 + 4 + 4 + 4 + 8, record_type::stock_carried, e.header,
                          e.of.clinic);
    w.u16(e.of.programme);
    w.u32(e.of.lot);
    w.u8(static_cast<std::uint8_t>(e.of.funding));
    w.i32(e.on_hand);
    w.i32(e.in_transit);
    w.i32(e.suspense);
    w.time(e.last_entry_at);
}

event read_carried_stock(const record_head& h, field_reader& r) noexcept {
    stock_carried e;
    e.header = h.header;
    e.of.clinic = h.clinic;
    e.of.programme = r.u16();
    r.require(e.of.programme < limits::programmes_max);
    e.of.lot = r.u32();
    e.of.funding = r.as(r.u8(), funding::private_pay);
    e.on_hand = r.i32();
    e.in_transit = r.i32();
    e.suspense = r.i32();
    e.last_entry_at = r.time();
    return e;
}

void write(const person_carried& e, record_batch& into) {
    auto w = begin_record(into, 16 + 2 + 8 + 4 + 4 + 4 + 2, record_type::person_carried, e.header);
    w.bytes(e.person);
    w.u16(e.programme);
    w.u64(e.last_event);
    w.u32(e.last_clinic);
    w.day(e.last_day);
    w.u32(e.doses);
    w.u16(e.payable);
}

event read_carried_person(const record_head& h, field_reader& r) noexcept {
    person_carried e;
    e.header = h.header;
    r.bytes(e.person);
    e.programme = r.u16();
    r.require(e.programme < limits::programmes_max);
    e.last_event = r.u64();
    e.last_clinic = r.u32();
    e.last_day = r.day();
    e.doses = r.u32();
    e.payable = r.u16();
    return e;
}

void write(const key_carried& e, record_batch& into) {
    auto w = begin_record(into, 16 + 8, record_type::key_carried, e.header);
    w.bytes(e.key);
    w.u64(e.named);
}

event read_carried_key(const record_head& h, field_reader& r) noexcept {
    key_carried e;
    e.header = h.header;
    r.bytes(e.key);
    e.named = r.u64();
    return e;
}

}  // namespace doseline::storage
