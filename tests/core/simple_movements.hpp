#pragma once

#include "tests/core/simple_state.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <vector>

namespace doseline::test {

// Part of simple_registry: what clinics do with their stock.
class simple_movements : public simple_state {
protected:
    core::outcome move(const core::move_stock& c, core::instant at) {
        if (keys.contains(c.key)) {
            return core::known_key{keys[c.key], c.content};
        }
        using enum core::stock_action;
        if (c.occurred_at && *c.occurred_at - at > std::chrono::minutes{5}) {
            return no(core::errc::future_date, "occurred_at");
        }
        const bool leaves = c.action == sent || c.action == sent_back;
        const bool may_be_none =
            c.action == counted || c.reason == core::stock_reason::short_delivery;
        if (!reasons_of(c.action).contains(c.reason)) {
            return no(core::errc::bad_field, "reason");
        }
        if (c.quantity < 0 || c.quantity > 1'000'000 || (c.quantity == 0 && !may_be_none)) {
            return no(core::errc::bad_field, "quantity");
        }
        if (c.to != 0 && !leaves) {
            return no(core::errc::bad_field, "to");
        }
        if (c.action == assigned) {
            return c.to_lot.empty() ? no(core::errc::bad_field, "to_lot") : assign(c, at);
        }
        if (!c.to_lot.empty() || !c.to_product.empty()) {
            return no(core::errc::bad_field, "to_lot");
        }
        const auto meant = held_account(c);
        if (const auto* refused = std::get_if<core::refusal>(&meant)) {
            return *refused;
        }
        const account_key own = std::get<account_key>(meant);
        switch (c.action) {
            case confirmed: return confirm(c, own, at);
            case counted: return count(c, own, at);
            case wasted: return waste(c, own, at);
            case replaced: return make_good(c, own, at);
            default: return send(c, own, at);
        }
    }

private:
    static std::set<core::stock_reason> reasons_of(core::stock_action action) {
        using enum core::stock_reason;
        using enum core::stock_action;
        std::set<core::stock_reason> of_damage{expired,  fridge_failure, power_cut,
                                               breakage, contamination,  cold_chain,
                                               recall,   lost,           other};
        switch (action) {
            case confirmed: return {none, short_delivery};
            case wasted: return of_damage;
            case counted: return {none, lost, miscount, other};
            case assigned:
            case replaced: return {none};
            default: of_damage.insert(none); return of_damage;
        }
    }

    // Of all clinics' imported lots the one of that text that this clinic has, else the only one.
    std::variant<core::refusal, account_key> held_account(const core::move_stock& c) const {
        const auto meant = [&](core::lot_number n) {
            return n != 0 && lots[n].verified && same_lot(n, c.lot, c.product);
        };
        std::vector<core::lot_number> all;
        for (core::lot_number n = 1; n < lots.size(); ++n) {
            if (meant(n)) {
                all.push_back(n);
            }
        }
        if (all.empty()) {
            return no(core::errc::bad_field, "lot");
        }
        std::vector<account_key> mine;
        for (const account_key& key : accounts_of(c.by.clinic)) {
            if (meant(key.lot) && key.programme == lots[key.lot].programme &&
                (!c.funding || *c.funding == key.funding)) {
                mine.push_back(key);
            }
        }
        if (mine.size() > 1) {
            return no(core::errc::bad_field, mine[0].lot == mine[1].lot ? "funding" : "product");
        }
        if (mine.size() == 1) {
            return mine[0];
        }
        if (all.size() > 1) {
            return no(core::errc::bad_field, "product");
        }
        return account_key{c.by.clinic, lots[all[0]].programme, all[0],
                           c.funding.value_or(core::funding::national)};
    }

    core::outcome confirm(const core::move_stock& c, const account_key& own, core::instant at) {
        const stock before = balance(own);
        stock after = before;
        const bool is_short = c.reason == core::stock_reason::short_delivery;
        if (is_short && c.quantity >= before.in_transit) {
            return no(core::errc::bad_field, "reason");
        }
        core::stock_changed e;
        for (std::int32_t n = 0; n < c.quantity; ++n) {  // dose by dose
            if (after.in_transit > 0) {
                --after.in_transit;
                ++e.moved;
            } else {
                ++e.difference;
                --books[own.lot].discrepancy;
            }
            if (after.suspense < 0) {  // it was given already
                ++after.suspense;
                ++e.settled;
            } else {
                ++after.on_hand;
            }
        }
        if (is_short) {
            e.difference = -after.in_transit;
            books[own.lot].discrepancy += after.in_transit;
            after.in_transit = 0;
        }
        return keep(c, e, own, after, at);
    }

    core::outcome count(const core::move_stock& c, const account_key& own, core::instant at) {
        const stock before = balance(own);
        const std::int32_t more = c.quantity - (before.on_hand + before.suspense);
        if (more != 0 && c.reason == core::stock_reason::none) {
            return no(core::errc::bad_field, "reason");
        }
        core::stock_changed e;
        stock after = before;
        after.on_hand = c.quantity;
        after.suspense = 0;
        books[own.lot].adjusted -= more;
        e.moved = after.on_hand - before.on_hand;
        e.settled = after.suspense - before.suspense;
        return keep(c, e, own, after, at);
    }

    core::outcome waste(const core::move_stock& c, const account_key& own, core::instant at) {
        stock after = balance(own);
        if (after.on_hand < c.quantity) {
            return no(core::errc::not_on_hand, "quantity");
        }
        after.on_hand -= c.quantity;
        books[own.lot].wasted += c.quantity;
        core::stock_changed e;
        e.moved = c.quantity;
        return keep(c, e, own, after, at);
    }

    core::outcome make_good(const core::move_stock& c, const account_key& own, core::instant at) {
        stock after = balance(own);
        after.on_hand += c.quantity;
        books[own.lot].replaced += c.quantity;
        core::stock_changed e;
        e.moved = c.quantity;
        return keep(c, e, own, after, at);
    }

    core::outcome send(const core::move_stock& c, const account_key& own, core::instant at) {
        core::clinic_number to = 0;
        while (to < clinics.size() && clinics[to].code != c.to) {
            ++to;
        }
        const bool back = c.action == core::stock_action::sent_back;
        if (to == clinics.size() || to == own.clinic ||
            (back && clinics[to].kind != core::facility_kind::health_centre)) {
            return no(core::errc::bad_field, "to");
        }
        stock after = balance(own);
        if (after.on_hand < c.quantity) {
            return no(core::errc::not_on_hand, "quantity");
        }
        after.on_hand -= c.quantity;
        account_key there = own;
        there.clinic = to;
        open(there).in_transit += c.quantity;
        open(there).last_entry_at = at;
        core::stock_changed e;
        e.moved = c.quantity;
        e.other = name_of(there);
        return keep(c, e, own, after, at);
    }

    core::outcome assign(const core::move_stock& c, core::instant at) {
        std::optional<account_key> from;
        for (const account_key& key : accounts_of(c.by.clinic)) {
            const bool fits = balance(key).suspense != 0 && same_lot(key.lot, c.lot, c.product) &&
                              (!c.funding || *c.funding == key.funding);
            if (fits && !from) {
                from = key;
            }
        }
        if (!from) {
            return no(core::errc::not_in_suspense, "lot");
        }
        const std::int32_t suspense = balance(*from).suspense;
        if (c.quantity > std::abs(suspense)) {
            return no(core::errc::not_in_suspense, "quantity");
        }
        const std::int32_t taken = suspense < 0 ? c.quantity : -c.quantity;
        std::vector<account_key> fitting;
        for (const account_key& key : accounts_of(c.by.clinic)) {
            if (lots[key.lot].verified && same_lot(key.lot, c.to_lot, c.to_product)) {
                fitting.push_back(key);
            }
        }
        const auto worse = [&](const account_key& k) {
            return std::tuple(balance(k).on_hand < taken, k.programme != from->programme,
                              k.funding != from->funding);
        };
        std::stable_sort(fitting.begin(), fitting.end(),
                         [&](const auto& a, const auto& b) { return worse(a) < worse(b); });
        if (fitting.empty()) {
            return no(core::errc::bad_field, "to_lot");
        }
        const account_key to = fitting.front();
        if (balance(to).on_hand < taken) {
            return no(core::errc::not_on_hand, "quantity");
        }
        open(to).on_hand -= taken;
        open(to).last_entry_at = at;
        books[to.lot].given += taken;
        books[from->lot].given -= taken;
        stock after = balance(*from);
        after.suspense += taken;
        core::stock_changed e;
        e.moved = taken;
        e.other = name_of(to);
        return keep(c, e, *from, after, at);
    }

    core::outcome keep(const core::move_stock& c, core::stock_changed e, const account_key& own,
                       const stock& after, core::instant at) {
        stock& s = open(own);
        s.on_hand = after.on_hand;
        s.in_transit = after.in_transit;
        s.suspense = after.suspense;
        s.last_entry_at = at;
        keys[c.key] = ++seq;
        e.header.recorded_at = at;
        e.occurred_at = c.occurred_at.value_or(at);
        enter(own.clinic, e.occurred_at, at);
        e.action = c.action;
        e.reason = c.reason;
        e.quantity = c.quantity;
        e.own = name_of(own);
        const bool assigned = c.action == core::stock_action::assigned;
        const stock told = assigned ? balance(key_of(e.other)) : balance(own);
        e.on_hand = told.on_hand;
        e.in_transit = told.in_transit;
        e.suspense = balance(own).suspense;
        e.remaining = remaining(own.clinic, own.programme);
        return core::movement_receipt{seq, e, false};
    }

    static core::account_name name_of(const account_key& k) {
        return {k.clinic, k.programme, k.lot, k.funding};
    }
    static account_key key_of(const core::account_name& a) {
        return {a.clinic, a.programme, a.lot, a.funding};
    }
    bool same_lot(core::lot_number n, const core::lot_text& text,
                  const core::product_text& product) const {
        if (text.empty()) {
            return n == 0;
        }
        return n != 0 && upper(lots[n].text) == upper(text.view()) &&
               (product.empty() || lots[n].product == product.view());
    }
};

}  // namespace doseline::test
