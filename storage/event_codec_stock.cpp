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

void write(const lot_recalled& e, record_batch& into) {
    auto w = begin_record(into, 4 + 1, record_type::lot_recalled, e.header);
    w.u32(e.number);
    w.u8(e.recalled);
}

event read_recall(const record_head& h, field_reader& r) noexcept {
    lot_recalled e{h.header, r.u32(), false};
    e.recalled = r.flag();
    return e;
}

void write(const stock_moved& e, record_batch& into) {
    auto w =
        begin_record(into, 1 + 1 + 4 + 4 + 16 + 16, record_type::stock_moved, e.header, e.clinic);
    w.u8(static_cast<std::uint8_t>(e.kind));
    w.u8(static_cast<std::uint8_t>(e.funding));
    w.u32(e.lot);
    w.i32(e.quantity);
    w.bytes(e.key);
    w.bytes(e.content);
}

event read_movement(const record_head& h, field_reader& r) noexcept {
    stock_moved e;
    e.header = h.header;
    e.clinic = h.clinic;
    e.kind = r.as(r.u8(), movement::received);
    e.funding = r.as(r.u8(), funding::private_pay);
    e.lot = r.u32();
    e.quantity = r.i32();
    r.bytes(e.key);
    r.bytes(e.content);
    return e;
}

namespace {

constexpr std::size_t account_bytes = 2 + 4 + 1;

void put(const account_name& a, field_writer& w) {
    w.u16(a.programme);
    w.u32(a.lot);
    w.u8(static_cast<std::uint8_t>(a.funding));
}

void read_account(account_name& into, field_reader& r) noexcept {
    into.programme = r.u16();
    r.require(into.programme < limits::programmes_max);
    into.lot = r.u32();
    into.funding = r.as(r.u8(), funding::private_pay);
}

}  // namespace

void write(const stock_changed& e, record_batch& into) {
    auto w = begin_record(
        into, 8 + 4 + 16 + 16 + 16 + 1 + 1 + account_bytes + 4 + account_bytes + 8 + 8 * 4,
        record_type::stock_changed, e.header, e.own.clinic);
    w.time(e.occurred_at);
    w.u32(e.device);
    w.bytes(std::as_bytes(std::span(e.user.padded())));
    w.bytes(e.key);
    w.bytes(e.content);
    w.u8(static_cast<std::uint8_t>(e.action));
    w.u8(static_cast<std::uint8_t>(e.reason));
    put(e.own, w);
    w.u32(e.other.clinic);
    put(e.other, w);
    w.u64(e.previous_of_other);
    for (const std::int32_t doses : {e.quantity, e.moved, e.difference, e.settled, e.on_hand,
                                     e.in_transit, e.suspense, e.remaining}) {
        w.i32(doses);
    }
}

event read_stock_change(const record_head& h, field_reader& r) noexcept {
    stock_changed e;
    e.header = h.header;
    e.occurred_at = r.time();
    e.device = r.u32();
    e.user = r.padded<limits::user_code_bytes_max>();
    r.bytes(e.key);
    r.bytes(e.content);
    e.action = r.as(r.u8(), stock_action::replaced);
    e.reason = r.as(r.u8(), stock_reason::other);
    e.own.clinic = h.clinic;
    read_account(e.own, r);
    e.other.clinic = r.u32();
    read_account(e.other, r);
    e.previous_of_other = r.u64();
    for (std::int32_t* doses : {&e.quantity, &e.moved, &e.difference, &e.settled, &e.on_hand,
                                &e.in_transit, &e.suspense, &e.remaining}) {
        *doses = r.i32();
    }
    return e;
}

}  // namespace doseline::storage
