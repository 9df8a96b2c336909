#pragma once

#include "tests/core/simple_movements.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace doseline::test {

// The registry once more, as slow and plain as it can be: decides and changes in one go, keeps
// every dose of every person, searches everything. Only the phase rule is the program's own; that
// has an oracle of its own.
class simple_registry : public simple_movements {
public:
    core::outcome run(const core::command& c, const core::moment& now) {
        now_ = now;
        std::erase_if(holds, [&](const auto& h) { return h.second.until <= now.steady; });
        return std::visit([&](const auto& what) { return run_one(what); }, c);
    }

private:
    core::outcome run_one(const core::check_eligibility& c) {
        const auto n = meant(c.programme, now_.recorded_at);
        if (n == core::no_programme) {
            return no(core::errc::bad_field, "programme");
        }
        const auto* exception = find_exception(programmes[n], c.exception.view());
        if (exception == nullptr && !c.exception.empty()) {
            return no(core::errc::bad_field, "exception");
        }
        const person_in_programme who{c.person, n};
        const auto rule = evaluate(programmes[n], c.birth, day_of(now_.recorded_at, n),
                                   clinics[c.by.clinic].kind, exception, history_of(who));
        core::check_answer answer;
        answer.decision = rule.decision;
        answer.programme = n;
        answer.opens = rule.opens;
        answer.closes = rule.closes;
        answer.remaining = remaining(c.by.clinic, n);
        if (const auto all = standing(who); !all.empty()) {
            const given last = last_of(all);
            answer.last_dose = core::last_dose{last.day, clinics[last.clinic].region};
        }
        if (!may_vaccinate(rule.decision)) {
            return answer;
        }
        constexpr std::int64_t half_an_hour = 30 * 60 * 1'000;
        if (holds.contains(who) && holds[who].clinic != c.by.clinic) {
            answer.decision = core::decision::in_progress_elsewhere;
            answer.held_minutes_ago = static_cast<std::uint16_t>(
                (now_.steady - (holds[who].until - half_an_hour)) / 60'000);
            return answer;
        }
        holds[who] = {c.by.clinic, now_.steady + half_an_hour};
        answer.hold_until = now_.recorded_at + std::chrono::minutes{30};
        return answer;
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

    void raise(core::claim_state& claim, core::claim_state to) { claim = std::max(claim, to); }

    void judge(const core::register_dose& c, core::programme_number n, core::civil_day day,
               core::dose_receipt& r, core::funding& by_phase) {
        using core::decision;
        const auto* exception = find_exception(programmes[n], c.exception.view());
        const auto kind = clinics[c.by.clinic].kind;
        const core::dose_history history = history_of({c.person, n});
        auto rule = evaluate(programmes[n], c.birth, day, kind, exception, history);
        if (rule.decision == decision::already_vaccinated) {
            r.flags |= bit(core::flag::already_vaccinated);
            rule = evaluate(programmes[n], c.birth, day, kind, exception, {});
        }
        by_phase = rule.funding;
        if (rule.decision == decision::not_eligible_age) {
            r.flags |= bit(core::flag::not_eligible_age);
            raise(r.claim, core::claim_state::not_payable);
        } else if (rule.decision == decision::not_yet) {
            r.flags |= bit(core::flag::not_yet);
            raise(r.claim, core::claim_state::review);
        } else if (rule.decision == decision::closed_here) {
            r.flags |= bit(core::flag::closed_here);
            raise(r.claim, core::claim_state::review);
        } else if (rule.decision == decision::eligible_exception) {
            raise(r.claim, core::claim_state::review);
        }
        if (day != day_of(now_.recorded_at, n)) {
            r.flags |= bit(core::flag::late);
        }
        if (day < clinics[c.by.clinic].contract_from || clinics[c.by.clinic].contract_to < day) {
            r.flags |= bit(core::flag::contract_inactive);
            raise(r.claim, core::claim_state::not_payable);
        }
    }

    core::outcome run_one(const core::register_dose& c) {
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
        const core::civil_day day = day_of(occurred, n);
        core::dose_receipt r;
        core::funding by_phase{};
        judge(c, n, day, r, by_phase);
        vial v = take(c, n, day, by_phase);
        if (const auto asked = ask_about(c, v, day, r)) {
            return *asked;
        }
        if (v.source == core::dose_source::private_stock) {
            raise(r.claim, core::claim_state::not_payable);
        } else if (v.source == core::dose_source::suspense) {
            const bool known = c.lot.empty() || lots[v.lot].verified;
            r.flags |= bit(known ? core::flag::stock_negative : core::flag::lot_unknown);
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
        return keep(c, n, day, v, r);
    }

    std::optional<core::refusal> ask_about(const core::register_dose& c, const vial& v,
                                           core::civil_day day, core::dose_receipt& r) {
        const lot& l = lots[v.lot];
        const bool recalled = l.verified && l.recalled;
        const bool expired = l.verified && l.expires < day;
        if (recalled && !c.offline && !(c.confirmed & core::confirm_recalled)) {
            return no(core::errc::lot_recalled, "lot", core::confirm_recalled);
        }
        if (expired && !c.offline && !(c.confirmed & core::confirm_expired)) {
            return no(core::errc::lot_expired, "lot", core::confirm_expired);
        }
        r.flags |= static_cast<core::flag_set>(recalled ? bit(core::flag::lot_recalled) : 0);
        r.flags |= static_cast<core::flag_set>(expired ? bit(core::flag::lot_expired) : 0);
        raise(r.claim, recalled || expired ? core::claim_state::review : r.claim);
        return std::nullopt;
    }

    core::outcome keep(const core::register_dose& c, core::programme_number n, core::civil_day day,
                       const vial& v, core::dose_receipt& r) {
        r.seq = ++seq;
        seq += c.extension ? 1 : 0;
        keys[c.key] = r.seq;
        const core::claim_state alone = r.claim;
        if (has(r.flags, core::flag::already_vaccinated)) {
            r.claim = core::claim_state::not_payable;
        }
        doses[{c.person, n}].push_back({r.seq,
                                        day,
                                        c.by.clinic,
                                        v.lot,
                                        v.funding,
                                        v.source,
                                        r.flags,
                                        r.claim,
                                        alone,
                                        now_.recorded_at,
                                        1,
                                        {}});
        last_events[{c.person, n}] = r.seq;
        holds.erase({c.person, n});
        if (v.source != core::dose_source::private_stock) {
            ++books[v.lot].given;
            stock& s = open({c.by.clinic, n, v.lot, v.funding});
            --(v.source == core::dose_source::on_hand ? s.on_hand : s.suspense);
            s.last_entry_at = now_.recorded_at;
        }
        r.recorded_at = now_.recorded_at;
        r.clinic = c.by.clinic;
        r.programme = n;
        r.remaining = remaining(c.by.clinic, n);
        return r;
    }

    core::outcome run_one(const core::enroll_device& c) {
        if (now_.recorded_at > c.code_expires) {
            return no(core::errc::expired, "code");
        }
        if (!codes_used.insert(c.code_id).second) {
            return no(core::errc::code_used, "code");
        }
        ++seq;
        return core::enrolled_answer{c.by.clinic, c.by.device, now_.recorded_at};
    }

    // The registration of that number, when it is that clinic's.
    std::pair<person_in_programme, given*> own(core::sequence wanted, core::clinic_number clinic) {
        for (auto& [who, all] : doses) {
            for (given& g : all) {
                if (g.seq == wanted && g.clinic == clinic) {
                    return {who, &g};
                }
            }
        }
        return {{}, nullptr};
    }

    core::outcome run_one(const core::view_registration& c) {
        const given* g = own(c.seq, c.by.clinic).second;
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
        shown->changes.resize(g->version - 1u);
        if (g->voided) {
            shown->changes.back().second = core::dose_voided{};
        }
        return core::registration_view{shown};
    }

    core::outcome run_one(const core::void_registration& c) {
        const auto [who, g] = own(c.seq, c.by.clinic);
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
        if (!any && c.version != g->version) {
            return no(core::errc::version_conflict, "");
        }
        if (g->source != core::dose_source::private_stock) {
            --books[g->lot].given;
            stock& s = open({g->clinic, who.second, g->lot, g->funding});
            ++(g->source == core::dose_source::on_hand ? s.on_hand : s.suspense);
            s.last_entry_at = now_.recorded_at;
        }
        ++g->version;
        core::void_receipt r{
            g->seq,     ++seq,      now_.recorded_at, g->clinic,
            who.second, g->version, c.reason,         remaining(g->clinic, who.second),
            false,      g->at,      g->claim,         {}};
        g->claim = core::claim_state::not_payable;
        g->voided = r;
        promote(who, r);
        g->voided = r;
        last_events[who] = seq;
        return r;
    }

    // Whoever was one too many is so no longer, when there is room now.
    void promote(const person_in_programme& who, core::void_receipt& r) {
        const auto late = [](const given& g) {
            return !g.voided && has(g.flags, core::flag::already_vaccinated);
        };
        auto& all = doses[who];
        const auto heir = std::find_if(all.begin(), all.end(), late);
        const auto standing_now = standing(who);
        const auto early = std::count_if(standing_now.begin(), standing_now.end(),
                                         [&](const given& g) { return !late(g); });
        if (heir != all.end() && early < programmes[who.second].schedule.doses) {
            ++seq;
            ++heir->version;
            heir->flags &= static_cast<core::flag_set>(~bit(core::flag::already_vaccinated));
            heir->claim = heir->claim_alone;
            r.successor = {heir->clinic, heir->claim};
        }
    }
    core::outcome run_one(const core::move_stock& c) { return move(c, now_.recorded_at); }
    // Looks through what is there: nothing that a model could tell better.
    core::outcome run_one(const core::list_registrations&) { return core::accepted{}; }
    core::outcome run_one(const core::query_audit&) { return core::accepted{}; }
    core::outcome run_one(const core::revoke_access&) { return core::accepted{}; }
    core::outcome run_one(const core::count_totals&) { return core::accepted{}; }
    core::outcome run_one(const core::prove&) { return core::accepted{}; }

    core::outcome run_one(const core::define_programme& c) {
        ++seq;
        for (std::uint32_t n = 0; n < programmes.size(); ++n) {
            if (programmes[n].code == c.definition->code) {
                const auto version = static_cast<std::uint16_t>(programmes[n].version + 1);
                programmes[n] = *c.definition;
                programmes[n].version = version;
                return core::accepted{n};
            }
        }
        programmes.push_back(*c.definition);
        return core::accepted{static_cast<std::uint32_t>(programmes.size() - 1)};
    }

    core::outcome run_one(const core::register_clinic& c) {
        for (const auto& known : clinics) {
            if (known.code == c.code) {
                return no(core::errc::already_exists, "code");
            }
        }
        ++seq;
        clinics.push_back(c);
        return core::accepted{static_cast<std::uint32_t>(clinics.size() - 1)};
    }

    core::outcome run_one(const core::register_lot& c) {
        core::programme_number n = 0;
        while (n < programmes.size() && programmes[n].code != c.programme) {
            ++n;
        }
        if (n == programmes.size()) {
            return no(core::errc::not_found, "programme");
        }
        for (core::lot_number at = 1; at < lots.size(); ++at) {
            lot& l = lots[at];
            if (!l.verified || upper(l.text) != upper(c.lot.view()) ||
                l.product != c.product.view()) {
                continue;
            }
            if (l.recalled == c.recalled) {
                return no(core::errc::already_exists, "lot");
            }
            if (l.programme != n || l.expires != c.expires) {
                return no(core::errc::bad_field, l.programme != n ? "programme" : "expires");
            }
            l.recalled = c.recalled;
            ++seq;
            return core::accepted{at};
        }
        ++seq;
        lots.push_back({n, std::string(c.lot.view()), std::string(c.product.view()), c.expires,
                        c.recalled, true});
        return core::accepted{static_cast<std::uint32_t>(lots.size() - 1)};
    }

    core::outcome run_one(const core::ship_doses& c) {
        core::clinic_number clinic = 0;
        while (clinic < clinics.size() && clinics[clinic].code != c.clinic_code) {
            ++clinic;
        }
        if (clinic == clinics.size()) {
            return no(core::errc::not_found, "clinic");
        }
        const auto n = find(c.lot.view(), c.product.view(), core::no_programme);
        if (n == 0 || !lots[n].verified) {
            return no(core::errc::not_found, "lot");
        }
        seq += c.received ? 2 : 1;
        books[n].shipped += c.quantity;
        stock& s = open({clinic, lots[n].programme, n, c.funding});
        (c.received ? s.on_hand : s.in_transit) += c.quantity;
        s.last_entry_at = now_.recorded_at;
        return core::accepted{n};
    }

    core::moment now_;
};

}  // namespace doseline::test
