#pragma once

#include "tests/core/simple_doses.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace doseline::test {

// Part of simple_registry: looks at registrations and changes of them.
class simple_amendments : public simple_doses {
protected:
    core::outcome view(const core::view_registration& c) {
        const given* g = within_reach(c.seq, c.by.clinic).second;
        if (g == nullptr) {
            return no(core::errc::not_found, "");
        }
        if (c.version != core::any_version && c.version != g->version) {
            return no(core::errc::version_conflict, "");
        }
        auto shown = std::make_shared<core::registration_history>();
        shown->seq = g->seq;
        shown->dose.clinic = g->clinic;
        shown->dose.flags = g->flags;
        shown->dose.claim = g->claim;
        shown->dose.lot = g->lot;
        shown->dose.source = g->source;
        shown->dose.funding = g->funding;
        shown->dose.occurred_at = g->occurred;
        shown->dose.dose_ml_hundredths = g->ml;
        shown->dose.site = g->site;
        shown->dose.route = g->route;
        shown->changes.resize(g->version - 1u);
        shown->state = g->voided                 ? core::registration_state::voided
                       : !g->corrections.empty() ? core::registration_state::corrected
                                                 : core::registration_state::registered;
        return core::registration_view{shown};
    }

    core::outcome take_back(const core::void_registration& c) {
        const auto [who, g] = within_reach(c.seq, c.by.clinic);
        if (g == nullptr) {
            return no(core::errc::not_found, "");
        }
        const bool any = c.version == core::any_version;
        if (g->voided) {
            const bool meant = any || c.version == g->version || c.version == g->version - 1;
            if (!meant || c.reason != g->voided->reason) {
                return no(core::errc::version_conflict, "");
            }
            core::void_receipt again = *g->voided;
            again.replayed = true;
            again.successor.reset();
            return again;
        }
        if (g->seq < book_start) {
            return no(core::errc::book_closed, "");
        }
        if (!any && c.version != g->version) {
            return no(core::errc::version_conflict, "");
        }
        book(*g, who.second, -1);
        ++g->version;
        core::void_receipt r{
            g->seq,     ++seq,      now_.recorded_at, g->clinic,
            who.second, g->version, c.reason,         remaining(g->clinic, who.second),
            false,      g->at,      g->claim,         {}};
        if (g->claim != core::claim_state::paid) {
            g->claim = core::claim_state::not_payable;
        }
        g->voided = r;
        promote(who, r);
        g->voided = r;
        last_events[who] = seq;
        return r;
    }

    core::outcome correct(const core::correct_registration& c) {
        const auto [who, g] = within_reach(c.seq, c.by.clinic);
        if (g == nullptr) {
            return no(core::errc::not_found, "");
        }
        const bool any = c.version == core::any_version;
        for (auto [content, receipt] : g->corrections) {
            const bool newest = receipt.version == g->version;
            if (content == c.content && (c.version == receipt.version - 1 ||
                                         (newest && (any || c.version == receipt.version)))) {
                receipt.replayed = true;
                return receipt;
            }
        }
        if (g->seq < book_start) {
            return no(core::errc::book_closed, "");
        }
        if (g->voided || (!any && c.version != g->version)) {
            return no(core::errc::version_conflict, "");
        }
        const auto n = who.second;
        const bool other_day = day_of(now_.recorded_at, n) != day_of(g->at, n);
        if ((other_day || c.by.clinic != g->clinic) && c.reason == core::correction_reason::none) {
            return no(core::errc::reason_missing, "reason");
        }
        given after = *g;
        if (c.occurred_at) {
            if (const auto refused = move_in_time(c, who, after)) {
                return *refused;
            }
        }
        after.site = c.site != core::body_site::none ? c.site : after.site;
        after.route = c.route != core::route::none ? c.route : after.route;
        after.ml = c.dose_ml_hundredths != 0 ? c.dose_ml_hundredths : after.ml;
        if (const auto asked = other_vial(c, n, *g, after)) {
            return *asked;
        }
        const auto says = [](const given& of) {
            return std::tuple(of.lot, of.source, of.funding, of.occurred, of.flags, of.site,
                              of.route, of.ml);
        };
        if (says(after) == says(*g)) {
            return no(core::errc::nothing_changed, "");
        }
        return keep(c, who, *g, after);
    }

    // The registration of that number, when it is that clinic's, or it is a health centre and the
    // clinic is one of its region.
    std::pair<person_in_programme, given*> within_reach(core::sequence wanted,
                                                        core::clinic_number asking) {
        const auto looks_after = [&](const core::register_clinic& of) {
            return clinics[asking].kind == core::facility_kind::health_centre &&
                   of.kind == core::facility_kind::clinic && of.region == clinics[asking].region;
        };
        const auto [who, g] = anywhere(wanted);
        const bool found = g != nullptr && (g->clinic == asking || looks_after(clinics[g->clinic]));
        return found ? std::pair(who, g) : std::pair(person_in_programme{}, nullptr);
    }

    std::pair<person_in_programme, given*> anywhere(core::sequence wanted) {
        for (auto& [who, all] : doses) {
            for (given& g : all) {
                if (g.seq == wanted && !g.elsewhere) {
                    return {who, &g};
                }
            }
        }
        return {{}, nullptr};
    }

    // Whether the person's doses that stand are payable as often as there are doses to give,
    // without that one.
    bool others_are_enough(const person_in_programme& who, core::sequence without) const {
        unsigned enough = programmes[who.second].schedule.doses;
        for (const given& g : standing(who)) {
            const bool counts = g.seq != without && g.claim != core::claim_state::not_payable;
            enough -= counts && enough > 0 ? 1 : 0;
        }
        return enough == 0;
    }

private:
    // What people have said of the claim is forgotten when the rules say something else than
    // before: another claim, or for other reasons. But not that it was paid.
    static core::claim_state judged_again(const given& before, const given& now) {
        const auto said = [](const given& g) {
            constexpr auto all_the_same = bit(core::flag::late) | bit(core::flag::lot_unknown) |
                                          bit(core::flag::stock_negative);
            return std::tuple(claim_of(g), g.flags & ~all_the_same,
                              g.source == core::dose_source::private_stock);
        };
        const bool stays = before.claim == core::claim_state::paid || said(before) == said(now);
        return stays ? before.claim : claim_of(now);
    }

    std::optional<core::refusal> move_in_time(const core::correct_registration& c,
                                              const person_in_programme& who, given& after) const {
        if (!c.person) {
            return no(core::errc::person_needed, "national_id");
        }
        if (*c.person != who.first) {
            return no(core::errc::other_person, "national_id");
        }
        if (*c.occurred_at - now_.recorded_at > std::chrono::minutes{5}) {
            return no(core::errc::future_date, "occurred_at");
        }
        if (*c.occurred_at - after.at > std::chrono::minutes{5}) {
            return no(core::errc::after_recording, "occurred_at");
        }
        if (*c.occurred_at == after.occurred) {
            return std::nullopt;
        }
        auto earlier = standing(who);
        std::erase_if(earlier, [&](const given& other) { return other.seq >= after.seq; });
        core::dose_history history;
        if (!earlier.empty()) {
            history = {static_cast<std::uint8_t>(earlier.size()), last_of(earlier).day};
        }
        const bool too_many = has(after.flags, core::flag::already_vaccinated);
        const auto of_vial = static_cast<core::flag_set>(after.flags & vial_flags);
        after.occurred = *c.occurred_at;
        after.day = day_of(after.occurred, who.second);
        after.flags = 0;
        judge(c.birth, who.second, history, after);
        after.flags &= static_cast<core::flag_set>(~bit(core::flag::already_vaccinated));
        after.flags |= of_vial;
        after.flags |= too_many ? bit(core::flag::already_vaccinated) : core::flag_set{0};
        return std::nullopt;
    }

    static constexpr core::flag_set vial_flags =
        bit(core::flag::lot_unknown) | bit(core::flag::stock_negative) |
        bit(core::flag::lot_expired) | bit(core::flag::lot_recalled);

    std::optional<core::refusal> other_vial(const core::correct_registration& c,
                                            core::programme_number n, const given& before,
                                            given& after) {
        const lot old = lots[before.lot];
        const bool other_lot = !c.lot.empty() && upper(c.lot.view()) != upper(old.text);
        const bool other_product = !c.product.empty() && c.product.view() != old.product;
        const bool other_funding = c.funding && *c.funding != before.funding;
        const bool other = other_lot || other_product || other_funding;
        if (!other && after.occurred == before.occurred) {
            return std::nullopt;
        }
        core::register_dose again;
        again.by.clinic = before.clinic;
        again.confirmed = c.confirmed;
        again.lot = other_lot ? c.lot : core::lot_text(old.text);
        again.product =
            c.product.empty() && !other_lot ? core::product_text(old.product) : c.product;
        again.funding = c.funding;
        if (before.source == core::dose_source::private_stock && !c.funding) {
            again.funding = core::funding::private_pay;
        }
        after.flags &= static_cast<core::flag_set>(~vial_flags);
        after.claim_alone = after.claim_by_rules;
        vial v = other ? take(again, n, after.day, before.funding)
                       : vial{before.lot, before.funding, before.source};
        if (const auto asked = ask_about(again, v, after)) {
            return asked;
        }
        if (other) {
            settle(again, n, v, after);
        } else if (before.source == core::dose_source::private_stock) {
            raise(after.claim_alone, core::claim_state::not_payable);
        } else {
            constexpr auto of_source =
                bit(core::flag::lot_unknown) | bit(core::flag::stock_negative);
            after.flags |= static_cast<core::flag_set>(before.flags & of_source);
        }
        return std::nullopt;
    }

    core::outcome keep(const core::correct_registration& c, const person_in_programme& who,
                       given& g, given after) {
        const bool moved = std::tuple(g.lot, g.source, g.funding) !=
                           std::tuple(after.lot, after.source, after.funding);
        if (moved) {
            book(g, who.second, -1);
            book(after, who.second, 1);
        }
        after.claim = judged_again(g, after);
        if (g.claim == core::claim_state::not_payable && after.claim != g.claim &&
            others_are_enough(who, g.seq)) {
            after.flags |= bit(core::flag::already_vaccinated);
            after.claim = core::claim_state::not_payable;
        }
        ++after.version;
        core::correction_receipt r;
        r.registration = g.seq;
        r.seq = ++seq;
        r.corrected_at = now_.recorded_at;
        r.clinic = g.clinic;
        r.programme = who.second;
        r.version = after.version;
        r.reason = c.reason;
        r.flags = after.flags;
        r.claim_before = g.claim;
        r.claim = after.claim;
        r.remaining = remaining(g.clinic, who.second);
        after.corrections.emplace_back(c.content, r);
        last_events[who] = seq;
        g = after;
        return r;
    }

    // Whoever was one too many is so no longer, when there is room now.
    void promote(const person_in_programme& who, core::void_receipt& r) {
        const auto late = [](const given& g) {
            return !g.voided && has(g.flags, core::flag::already_vaccinated);
        };
        auto& all = doses[who];
        // Whoever is to be paid all the same, else the first.
        const auto waits = [&](const given& g) { return late(g) && g.seq >= book_start; };
        auto heir = std::find_if(all.begin(), all.end(), [&](const given& g) {
            return waits(g) && g.claim != core::claim_state::not_payable;
        });
        heir = heir != all.end() ? heir : std::find_if(all.begin(), all.end(), waits);
        const auto standing_now = standing(who);
        const auto early =
            std::count_if(standing_now.begin(), standing_now.end(), [&](const given& g) {
                const bool paid_before =
                    g.seq < book_start && g.claim != core::claim_state::not_payable;
                return !late(g) || paid_before;
            });
        if (heir != all.end() && early < programmes[who.second].schedule.doses) {
            ++seq;
            ++heir->version;
            const given before = *heir;
            heir->flags &= static_cast<core::flag_set>(~bit(core::flag::already_vaccinated));
            heir->claim = judged_again(before, *heir);
            r.successor = {heir->clinic, before.claim, heir->claim};
        }
    }
};

}  // namespace doseline::test
