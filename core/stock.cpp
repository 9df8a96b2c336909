#include "core/stock.hpp"

namespace doseline::core {

posting posting_of(const stock_moved& e) noexcept {
    switch (e.kind) {
        case movement::shipped: return {place::nation, place::in_transit, e.quantity};
        case movement::received: return {place::in_transit, place::on_hand, e.quantity};
    }
    return {};
}

posting posting_of(const dose_registered& e) noexcept {
    switch (e.source) {
        case dose_source::on_hand: return {place::on_hand, place::person, 1};
        case dose_source::suspense: return {place::suspense, place::person, 1};
        case dose_source::private_stock: return {place::private_stock, place::person, 1};
    }
    return {};
}

}  // namespace doseline::core
