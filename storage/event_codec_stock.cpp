#include "storage/event_records.hpp"

namespace doseline::storage {

using namespace core;

void write(const lot_registered& e, record_batch& into) {
    auto w = begin_record(into, 4 + 2 + 20 + 20 + 4 + 1 + 1, record_type::lot_registered, e.header);
    w.u32(e.number);
    w.u16(e.programme);
    w.bytes(std::as_bytes(std::span(e.lot.padded())));
    w.bytes(std::as_bytes(std::span(e.product.padded())));
    w.day(e.expires);
    w.u8(e.recalled);
    w.u8(e.verified);
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

void write(const stock_moved& e, record_batch& into) {
    auto w = begin_record(into, 1 + 1 + 4 + 4, record_type::stock_moved, e.header, e.clinic);
    w.u8(static_cast<std::uint8_t>(e.kind));
    w.u8(static_cast<std::uint8_t>(e.funding));
    w.u32(e.lot);
    w.i32(e.quantity);
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

}  // namespace doseline::storage
