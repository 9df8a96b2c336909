#include "core/stock.hpp"

namespace doseline::core {

namespace {

place place_of(dose_source source) noexcept {
    switch (source) {
        case dose_source::on_hand: return place::on_hand;
        case dose_source::suspense: return place::suspense;
        case dose_source::private_stock: return place::private_stock;
    }
    return place::on_hand;
}

}  // namespace

posting posting_of(const stock_moved& e) noexcept {
    switch (e.kind) {
        case movement::shipped: return {place::nation, place::in_transit, e.quantity};
        case movement::received: return {place::in_transit, place::on_hand, e.quantity};
    }
    return {};
}

posting posting_of(const dose_registered& e) noexcept {
    return {place_of(e.source), place::person, 1};
}

posting posting_of(const dose_voided& e) noexcept { return {place::person, place_of(e.source), 1}; }

}  // namespace doseline::core
