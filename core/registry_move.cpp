#include "core/registry.hpp"

#include <algorithm>
#include <tuple>

// Movements that clinics enter themselves. A shot is recorded whatever the book says; a movement
// that the book cannot follow is refused, because the clinic is at hand to put the book right
// first: by confirming a delivery, or by a count, which is always taken.
namespace doseline::core {

namespace {

bool leaves(stock_action action) noexcept {
    return action == stock_action::sent || action == stock_action::sent_back;
}

bool fits(stock_action action, stock_reason reason) noexcept {
    switch (action) {
        case stock_action::confirmed:
            return reason == stock_reason::none || reason == stock_reason::short_delivery;
        case stock_action::wasted:
            return (stock_reason::expired <= reason && reason <= stock_reason::lost) ||
                   reason == stock_reason::other;
        case stock_action::counted:
            return reason == stock_reason::none || reason == stock_reason::lost ||
                   reason == stock_reason::miscount || reason == stock_reason::other;
        case stock_action::sent_back:
        case stock_action::sent:
            return reason != stock_reason::miscount && reason != stock_reason::short_delivery;
        case stock_action::assigned:
        case stock_action::replaced: return reason == stock_reason::none;
    }
    return false;
}

// What belongs to another kind of movement is refused, not ignored.
std::optional<refusal> judge_form(const move_stock& c) noexcept {
    if (!fits(c.action, c.reason)) {
        return no(errc::bad_field, "reason");
    }
    const bool none_will_do =
        c.action == stock_action::counted || c.reason == stock_reason::short_delivery;
    if (c.quantity < (none_will_do ? 0 : 1) || c.quantity > limits::shipment_doses_max) {
        return no(errc::bad_field, "quantity");
    }
    if (!leaves(c.action) && c.to != 0) {
        return no(errc::bad_field, "to");
    }
    if ((c.action == stock_action::assigned) == c.to_lot.empty() ||
        (c.to_lot.empty() && !c.to_product.empty())) {
        return no(errc::bad_field, "to_lot");
    }
    return std::nullopt;
}

}  // namespace

std::vector<lot_number> registry::lots_named(const lot_text& lot,
                                             const product_text& product) const {
    if (lot.empty()) {
        return {0};
    }
    std::vector<lot_number> all;
    if (const auto it = lots_by_text_.find(lot_key(lot)); it != lots_by_text_.end()) {
        std::copy_if(it->second.begin(), it->second.end(), std::back_inserter(all),
                     [&](lot_number n) { return product.empty() || lots_[n].product == product; });
    }
    return all;
}

account registry::account_of(const account_name& name) const noexcept {
    const std::vector<account>& accounts = clinics_[name.clinic].accounts;
    const std::size_t n = find_account(name);
    return n < accounts.size() ? accounts[n]
                               : account{name.programme, name.funding, name.lot, 0, 0, 0, {}};
}

bool registry::has_room_for(const account_name& name) const noexcept {
    const std::size_t accounts = clinics_[name.clinic].accounts.size();
    return accounts < limits::accounts_per_clinic_max || find_account(name) < accounts;
}

std::optional<refusal> registry::choose_accounts(const move_stock& c, stock_changed& e) const {
    if (c.action == stock_action::assigned) {
        return choose_suspense(c, e);
    }
    if (const auto refused = choose_held(c, e)) {
        return refused;
    }
    return leaves(c.action) ? choose_receiver(c, e) : std::nullopt;
}

// The clinic's one account of an imported lot of that text. Where it has none yet: that of the only
// such lot, of national funding unless another is named.
std::optional<refusal> registry::choose_held(const move_stock& c, stock_changed& e) const {
    std::vector<lot_number> lots = lots_named(c.lot, c.product);
    std::erase_if(lots, [&](lot_number n) { return !lots_[n].verified; });
    if (lots.empty()) {
        return no(errc::bad_field, "lot");
    }
    const account* found = nullptr;
    for (const account& a : clinics_[c.by.clinic].accounts) {
        const bool meant = std::find(lots.begin(), lots.end(), a.lot) != lots.end() &&
                           a.programme == lots_[a.lot].programme &&
                           a.funding == c.funding.value_or(a.funding);
        if (meant && found != nullptr) {
            return no(errc::bad_field, a.lot == found->lot ? "funding" : "product");
        }
        found = meant ? &a : found;
    }
    if (found == nullptr && lots.size() > 1) {
        return no(errc::bad_field, "product");
    }
    const lot_number lot = found != nullptr ? found->lot : lots.front();
    e.own = {c.by.clinic, lots_[lot].programme, lot,
             found != nullptr ? found->funding : c.funding.value_or(funding::national)};
    return has_room_for(e.own) ? std::nullopt : std::optional(no(errc::limit_reached, "lot"));
}

// The oldest account of that text with something in suspense, whether the lot was imported since
// or not; and the account that the doses were taken from: one that has them, rather of the same
// programme and funding.
std::optional<refusal> registry::choose_suspense(const move_stock& c, stock_changed& e) const {
    const std::vector<account>& accounts = clinics_[c.by.clinic].accounts;
    const std::vector<lot_number> from = lots_named(c.lot, c.product);
    const auto own = std::find_if(accounts.begin(), accounts.end(), [&](const account& a) {
        return a.suspense != 0 && a.funding == c.funding.value_or(a.funding) &&
               std::find(from.begin(), from.end(), a.lot) != from.end();
    });
    if (own == accounts.end()) {
        return no(errc::not_in_suspense, "lot");
    }
    if (c.quantity > std::abs(own->suspense)) {
        return no(errc::not_in_suspense, "quantity");
    }
    e.moved = own->suspense < 0 ? c.quantity : -c.quantity;

    const std::vector<lot_number> to = lots_named(c.to_lot, c.to_product);
    const account* other = nullptr;
    const auto rank = [&](const account& a) {
        return std::tuple(a.on_hand < e.moved, a.programme != own->programme,
                          a.funding != own->funding);
    };
    for (const account& a : accounts) {
        if (lots_[a.lot].verified && std::find(to.begin(), to.end(), a.lot) != to.end() &&
            (other == nullptr || rank(a) < rank(*other))) {
            other = &a;
        }
    }
    if (other == nullptr) {
        return no(errc::bad_field, "to_lot");
    }
    if (other->on_hand < e.moved) {
        return no(errc::not_on_hand, "quantity");
    }
    e.own = {c.by.clinic, own->programme, own->lot, own->funding};
    e.other = {c.by.clinic, other->programme, other->lot, other->funding};
    return std::nullopt;
}

std::optional<refusal> registry::choose_receiver(const move_stock& c, stock_changed& e) const {
    const auto to = clinic_by_code_.find(c.to);
    if (to == clinic_by_code_.end() || to->second == c.by.clinic ||
        (c.action == stock_action::sent_back &&
         clinics_[to->second].kind != facility_kind::health_centre)) {
        return no(errc::bad_field, "to");
    }
    e.other = e.own;
    e.other.clinic = to->second;
    e.previous_of_other = clinics_[to->second].last_event;
    if (!has_room_for(e.other) ||
        account_of(e.other).in_transit > limits::account_doses_max - c.quantity) {
        return no(errc::limit_reached, "to");
    }
    return std::nullopt;
}

// Of what was on its way a part may arrive: the rest stays on its way, unless the clinic says that
// it is short. More than was on its way is here all the same. What arrives explains doses that were
// given before it was confirmed.
std::optional<refusal> registry::book(const move_stock& c, stock_changed& e) const {
    const account own = account_of(e.own);
    const account held = e.action == stock_action::assigned ? account_of(e.other) : own;
    account change;  // what each of them grows by
    switch (c.action) {
        case stock_action::confirmed:
            e.moved = std::min(c.quantity, own.in_transit);
            e.difference = c.quantity - own.in_transit;
            if (c.reason != stock_reason::short_delivery) {
                e.difference = std::max(e.difference, 0);
            } else if (e.difference >= 0) {
                return no(errc::bad_field, "reason");
            }
            e.settled = std::clamp(-own.suspense, 0, c.quantity);
            change.on_hand = c.quantity - e.settled;
            change.in_transit = std::min(e.difference, 0) - e.moved;
            change.suspense = e.settled;
            break;
        case stock_action::counted:
            e.moved = c.quantity - own.on_hand;
            e.settled = -own.suspense;
            if (c.reason == stock_reason::none && e.moved + e.settled != 0) {
                return no(errc::bad_field, "reason");
            }
            change.on_hand = e.moved;
            change.suspense = e.settled;
            break;
        case stock_action::wasted:
        case stock_action::sent:
        case stock_action::sent_back:
            if (c.quantity > own.on_hand) {
                return no(errc::not_on_hand, "quantity");
            }
            e.moved = c.quantity;
            change.on_hand = -e.moved;
            break;
        case stock_action::assigned:
            change.on_hand = -e.moved;
            change.suspense = e.moved;
            break;
        case stock_action::replaced:
            e.moved = c.quantity;
            change.on_hand = e.moved;
            break;
    }
    e.on_hand = held.on_hand + change.on_hand;
    e.in_transit = held.in_transit + change.in_transit;
    e.suspense = own.suspense + change.suspense;
    e.remaining = remaining(e.own.clinic, own.programme) + change.suspense +
                  (held.programme == own.programme ? change.on_hand : 0);
    return e.on_hand > limits::account_doses_max
               ? std::optional(no(errc::limit_reached, "quantity"))
               : std::nullopt;
}

outcome registry::decide_on(const move_stock& c, const moment& now, sequence next,
                            decided& into) const {
    if (const sequence known = keys_.find(c.key); known != 0) {
        return known_key{known, c.content};
    }
    stock_changed e;
    e.header = header_for(c.by.clinic, now);
    e.occurred_at = c.occurred_at.value_or(now.recorded_at);
    if (e.occurred_at > now.recorded_at + limits::occurred_ahead_max) {
        return no(errc::future_date, "occurred_at");
    }
    e.device = c.by.device;
    e.user = c.by.user;
    e.key = c.key;
    e.content = c.content;
    e.action = c.action;
    e.reason = c.reason;
    e.quantity = c.quantity;
    auto refused = judge_form(c);
    refused = refused ? refused : choose_accounts(c, e);
    refused = refused ? refused : book(c, e);
    if (refused) {
        return *refused;
    }
    const sequence seq = next + into.events.size();
    into.audit.push_back({audit_action::moved,
                          decision::eligible,
                          now.recorded_at,
                          c.by,
                          {},
                          e.own.programme,
                          0,
                          seq});
    into.events.emplace_back(e);
    return movement_receipt{seq, e, false};
}

}  // namespace doseline::core
