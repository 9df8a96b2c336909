#pragma once

#include "tests/core/simple_movements.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace doseline::test {

// Part of simple_registry: shots that were given.
class simple_doses : public simple_movements {
protected:
    core::outcome give(const core::register_dose& c) {
        if (keys.contains(c.key)) {
            return core::known_key{keys[c.key], c.content};
        }
        const core::instant occurred = c.occurred_at.value_or(now_.recorded_at);
        if (occurred - now_.recorded_at > std::chrono::minutes{5}) {
            return no(core::errc::future_date, "occurred_at");
        }
        const auto n = meant(c.programme, occurred);
        if (n == core::no_programme) {
            return no(core::errc::bad_field, "programme");
        }
        if (!c.exception.empty() && find_exception(programmes[n], c.exception.view()) == nullptr) {
            return no(core::errc::bad_field, "exception");
        }
        given g;
        g.at = now_.recorded_at;
        g.clinic = c.by.clinic;
        g.occurred = occurred;
        g.day = day_of(occurred, n);
        g.exception = c.exception.view();
        g.evidence = c.evidence;
        g.ml = c.dose_ml_hundredths;
        g.site = c.site;
        g.route = c.route;
        const auto by_phase = judge(c.birth, n, history_of({c.person, n}), g);
        vial v = take(c, n, g.day, by_phase);
        if (const auto asked = ask_about(c, v, g)) {
            return *asked;
        }
        settle(c, n, v, g);
        return keep(c, n, g);
    }

    struct vial {
        core::lot_number lot = 0;
        core::funding funding = core::funding::national;
        core::dose_source source = core::dose_source::suspense;
    };

    // The account on hand that fits best: usable, expires first, of the phase's funding.
    vial take(const core::register_dose& c, core::programme_number n, core::civil_day day,
              core::funding by_phase) const {
        const auto named = c.lot.empty() ? 0 : find(c.lot.view(), c.product.view(), n);
        if (c.funding == core::funding::private_pay) {
            return {named, core::funding::private_pay, core::dose_source::private_stock};
        }
        std::map<std::tuple<bool, core::civil_day, bool, core::lot_number>, vial> fitting;
        for (const auto& [key, s] : accounts) {
            const lot& l = lots[key.lot];
            const bool fits =
                key.clinic == c.by.clinic && key.programme == n && s.on_hand > 0 &&
                (c.lot.empty() || key.lot == named) && (!c.funding || key.funding == *c.funding) &&
                (!c.lot.empty() || c.product.empty() || l.product == c.product.view());
            if (fits) {
                const bool unusable = l.recalled || l.expires < day;
                fitting[{unusable, l.expires, key.funding != by_phase, key.lot}] = {
                    key.lot, key.funding, core::dose_source::on_hand};
            }
        }
        return fitting.empty() ? vial{named, c.funding.value_or(by_phase)}
                               : fitting.begin()->second;
    }

    static void raise(core::claim_state& claim, core::claim_state to) {
        claim = std::max(claim, to);
    }

    // Flags and claim of a shot whose day, clinic and exception are set. The phase's funding.
    core::funding judge(core::civil_day birth, core::programme_number n,
                        const core::dose_history& history, given& g) const {
        using core::decision;
        const auto* exception = find_exception(programmes[n], g.exception);
        const core::register_clinic& clinic = clinics[g.clinic];
        core::claim_state claim = core::claim_state::auto_ok;
        auto rule = evaluate(programmes[n], birth, g.day, clinic.kind, exception, history);
        if (rule.decision == decision::already_vaccinated) {
            g.flags |= bit(core::flag::already_vaccinated);
            rule = evaluate(programmes[n], birth, g.day, clinic.kind, exception, {});
        }
        if (rule.decision == decision::not_eligible_age) {
            g.flags |= bit(core::flag::not_eligible_age);
            raise(claim, core::claim_state::not_payable);
        } else if (rule.decision == decision::not_yet) {
            g.flags |= bit(core::flag::not_yet);
            raise(claim, core::claim_state::review);
        } else if (rule.decision == decision::closed_here) {
            g.flags |= bit(core::flag::closed_here);
            raise(claim, core::claim_state::review);
        } else if (rule.decision == decision::eligible_exception) {
            raise(claim, core::claim_state::review);
            if (exception->evidence_required && !g.evidence) {
                g.flags |= bit(core::flag::evidence_missing);
            }
        }
        if (g.day != day_of(g.at, n)) {
            g.flags |= bit(core::flag::late);
        }
        if (g.day < clinic.contract_from || clinic.contract_to < g.day) {
            g.flags |= bit(core::flag::contract_inactive);
            raise(claim, core::claim_state::not_payable);
        }
        g.claim_by_rules = claim;
        g.claim_alone = claim;
        return rule.funding;
    }

    std::optional<core::refusal> ask_about(const core::register_dose& c, const vial& v,
                                           given& g) const {
        const lot& l = lots[v.lot];
        const bool recalled = l.verified && l.recalled;
        const bool expired = l.verified && l.expires < g.day;
        if (recalled && !c.offline && !(c.confirmed & core::confirm_recalled)) {
            return no(core::errc::lot_recalled, "lot", core::confirm_recalled);
        }
        if (expired && !c.offline && !(c.confirmed & core::confirm_expired)) {
            return no(core::errc::lot_expired, "lot", core::confirm_expired);
        }
        g.flags |= static_cast<core::flag_set>(recalled ? bit(core::flag::lot_recalled) : 0);
        g.flags |= static_cast<core::flag_set>(expired ? bit(core::flag::lot_expired) : 0);
        raise(g.claim_alone, recalled || expired ? core::claim_state::review : g.claim_alone);
        return std::nullopt;
    }

    // From where it is taken; a lot that nobody knows gets its number.
    void settle(const core::register_dose& c, core::programme_number n, vial& v, given& g) {
        if (v.source == core::dose_source::private_stock) {
            raise(g.claim_alone, core::claim_state::not_payable);
        } else if (v.source == core::dose_source::suspense) {
            const bool known = c.lot.empty() || lots[v.lot].verified;
            g.flags |= bit(known ? core::flag::stock_negative : core::flag::lot_unknown);
            if (!known && v.lot == 0) {
                v.lot = static_cast<core::lot_number>(lots.size());
                lots.push_back({n,
                                std::string(c.lot.view()),
                                std::string(c.product.view()),
                                {},
                                false,
                                false});
                ++seq;
            }
        }
        g.lot = v.lot;
        g.funding = v.funding;
        g.source = v.source;
    }

    // So many doses more given from where that one was.
    void book(const given& g, core::programme_number n, std::int32_t more) {
        if (g.source != core::dose_source::private_stock) {
            books[g.lot].given += more;
            stock& s = open({g.clinic, n, g.lot, g.funding});
            (g.source == core::dose_source::on_hand ? s.on_hand : s.suspense) -= more;
            s.last_entry_at = now_.recorded_at;
        }
    }

    static core::claim_state claim_of(const given& g) {
        return has(g.flags, core::flag::already_vaccinated) ? core::claim_state::not_payable
                                                            : g.claim_alone;
    }

    core::moment now_;

private:
    core::outcome keep(const core::register_dose& c, core::programme_number n, given& g) {
        g.seq = ++seq;
        seq += c.extension ? 1 : 0;
        keys[c.key] = g.seq;
        g.claim = claim_of(g);
        doses[{c.person, n}].push_back(g);
        last_events[{c.person, n}] = g.seq;
        holds.erase({c.person, n});
        book(g, n, 1);
        enter(c.by.clinic, g.occurred, now_.recorded_at).shots.push_back(g.seq);
        core::dose_receipt r;
        r.seq = g.seq;
        r.recorded_at = now_.recorded_at;
        r.clinic = c.by.clinic;
        r.programme = n;
        r.flags = g.flags;
        r.claim = g.claim;
        r.remaining = remaining(c.by.clinic, n);
        return r;
    }
};

}  // namespace doseline::test
