#pragma once

#include "tests/core/simple_amendments.hpp"

#include <array>

namespace doseline::test {

// Part of simple_registry: decisions on claims, and payments.
class simple_claims : public simple_amendments {
protected:
    core::outcome decide(const core::decide_claim& c) {
        const auto [who, g] = within_reach(c.seq, c.by.clinic);
        if (g == nullptr) {
            return no(core::errc::not_found, "");
        }
        if (g->clinic == c.by.clinic) {
            return no(core::errc::claim_own, "");
        }
        const bool any = c.version == core::any_version;
        for (core::claim_receipt r : g->decisions) {
            const bool newest = r.version == g->version;
            if (r.decision == c.decision && r.reason == c.reason &&
                (c.version == r.version - 1 || (newest && (any || c.version == r.version)))) {
                r.replayed = true;
                return r;
            }
        }
        if (g->voided || (!any && c.version != g->version)) {
            return no(core::errc::version_conflict, "");
        }
        return settle_claim(who, *g, c.decision, c.reason);
    }

    core::outcome pay(const core::pay_claim& c) {
        const auto [who, g] = anywhere(c.seq);
        if (g == nullptr) {
            return no(core::errc::not_found, "");
        }
        for (core::claim_receipt r : g->decisions) {
            if (r.decision == core::claim_decision::paid) {
                r.replayed = true;
                return r;
            }
        }
        if (g->voided) {
            return no(core::errc::claim_state, "");
        }
        return settle_claim(who, *g, core::claim_decision::paid, core::claim_reason::none);
    }

private:
    // Every way that a claim can go; beside those back to what the rules say.
    static std::optional<core::claim_state> way(core::claim_state from, core::claim_decision how) {
        using enum core::claim_state;
        using core::claim_decision;
        struct turn {
            core::claim_state from;
            claim_decision how;
            core::claim_state to;
        };
        constexpr std::array ways{turn{auto_ok, claim_decision::paid, paid},
                                  turn{review, claim_decision::accepted, exception_ok},
                                  turn{review, claim_decision::rejected, not_payable},
                                  turn{not_payable, claim_decision::accepted, exception_ok},
                                  turn{exception_ok, claim_decision::rejected, not_payable},
                                  turn{exception_ok, claim_decision::paid, paid}};
        for (const turn& t : ways) {
            if (t.from == from && t.how == how) {
                return t.to;
            }
        }
        return std::nullopt;
    }

    core::outcome settle_claim(const person_in_programme& who, given& g, core::claim_decision how,
                               core::claim_reason why) {
        auto to = way(g.claim, how);
        if (how == core::claim_decision::reopened && g.claim != core::claim_state::paid &&
            g.claim != claim_of(g)) {
            to = claim_of(g);
        }
        if (!to) {
            return no(core::errc::claim_state, "");
        }
        const bool accepts = how == core::claim_decision::accepted;
        if (accepts && g.source == core::dose_source::private_stock) {
            return no(core::errc::claim_private, "");
        }
        if (accepts && has(g.flags, core::flag::already_vaccinated) &&
            why != core::claim_reason::could_not_know) {
            return no(core::errc::claim_duplicate, "reason");
        }
        if (g.claim == core::claim_state::not_payable && others_are_enough(who, g.seq)) {
            return no(core::errc::schedule_full, "");
        }
        core::claim_receipt r;
        r.registration = g.seq;
        r.seq = ++seq;
        r.decided_at = now_.recorded_at;
        r.clinic = g.clinic;
        r.programme = who.second;
        r.version = ++g.version;
        r.decision = how;
        r.reason = why;
        r.claim_before = g.claim;
        r.claim = *to;
        g.claim = *to;
        g.decisions.push_back(r);
        last_events[who] = seq;
        return r;
    }
};

}  // namespace doseline::test
