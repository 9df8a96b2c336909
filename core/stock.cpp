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

correction_postings postings_of(const dose_corrected& e) noexcept {
    const std::int32_t doses = e.before == e.after ? 0 : 1;
    return {{place::person, place_of(e.before.source), doses},
            {place_of(e.after.source), place::person, doses}};
}

std::array<posting, 3> postings_of(const stock_carried& e) noexcept {
    return {{{place::nation, place::on_hand, e.on_hand},
             {place::nation, place::in_transit, e.in_transit},
             {place::nation, place::suspense, e.suspense}}};
}

std::array<booking, 3> bookings_of(const stock_changed& e) noexcept {
    switch (e.action) {
        case stock_action::confirmed: {
            const posting over{place::discrepancy, place::on_hand, e.difference};
            const posting missing{place::in_transit, place::discrepancy, -e.difference};
            return {{{{place::in_transit, place::on_hand, e.moved}},
                     {e.difference < 0 ? missing : over},
                     {{place::on_hand, place::suspense, e.settled}}}};
        }
        case stock_action::wasted: return {{{{place::on_hand, place::wasted, e.moved}}}};
        case stock_action::sent_back:
        case stock_action::sent:
            return {{{{place::on_hand, place::in_transit, e.moved}, side::own, side::other}}};
        case stock_action::counted:
            return {{{{place::adjusted, place::on_hand, e.moved}},
                     {{place::adjusted, place::suspense, e.settled}}}};
        case stock_action::assigned:
            return {{{{place::person, place::suspense, e.moved}},
                     {{place::on_hand, place::person, e.moved}, side::other, side::other}}};
        case stock_action::replaced: return {{{{place::own, place::on_hand, e.moved}}}};
    }
    return {};
}

}  // namespace doseline::core
