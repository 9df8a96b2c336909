#pragma once

#include "tests/core/simple_days.hpp"

#include <algorithm>
#include <string>

namespace doseline::test {

// The registry once more, as slow and plain as it can be: decides and changes in one go, keeps
// every dose of every person, searches everything. Only the phase rule is the program's own; that
// has an oracle of its own.
class simple_registry : public simple_days {
public:
    core::outcome run(const core::command& c, const core::moment& now) {
        now_ = now;
        std::erase_if(holds, [&](const auto& h) { return h.second.until <= now.steady; });
        return std::visit([&](const auto& what) { return run_one(what); }, c);
    }

    unsigned imported = 0;  // persons

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
        answer.evidence_required =
            rule.decision == core::decision::eligible_exception && exception->evidence_required;
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

    core::outcome run_one(const core::enroll_device& c) {
        if (now_.recorded_at > c.code_expires) {
            return no(core::errc::expired, "code");
        }
        const auto revokes = [&](const revocation& r) {
            const bool in_time = c.code_expires - core::limits::enrolment_code_lifetime <= r.at;
            return r.clinic == c.by.clinic && (r.device == 0 ? in_time : r.device == c.by.device);
        };
        if (std::ranges::any_of(revoked, revokes)) {
            return no(core::errc::expired, "code");
        }
        if (!codes_used.emplace(c.code_id, c.code_expires).second) {
            return no(core::errc::code_used, "code");
        }
        ++seq;
        return core::enrolled_answer{c.by.clinic, c.by.device, now_.recorded_at};
    }

    core::outcome run_one(const core::register_dose& c) { return give(c); }
    core::outcome run_one(const core::view_registration& c) { return view(c); }
    core::outcome run_one(const core::void_registration& c) { return take_back(c); }
    core::outcome run_one(const core::correct_registration& c) { return correct(c); }
    core::outcome run_one(const core::decide_claim& c) { return decide(c); }
    core::outcome run_one(const core::pay_claim& c) { return pay(c); }
    core::outcome run_one(const core::move_stock& c) { return move(c, now_.recorded_at); }
    core::outcome run_one(const core::report_day& c) { return report(c); }
    // Looks through what is there: nothing that a model could tell better.
    core::outcome run_one(const core::list_registrations&) { return core::accepted{}; }
    core::outcome run_one(const core::list_movements&) { return core::accepted{}; }
    core::outcome run_one(const core::query_audit&) { return core::accepted{}; }
    core::outcome run_one(const core::revoke_access& c) {
        ++seq;
        revoked.push_back({c.clinic, c.device, now_.recorded_at});
        return core::revoked_answer{c.clinic, c.device, now_.recorded_at};
    }
    core::outcome run_one(const core::count_totals&) { return core::accepted{}; }
    core::outcome run_one(const core::prove&) { return core::accepted{}; }
    core::outcome run_one(const core::note_act&) { return core::accepted{}; }

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

    core::outcome run_one(const core::import_person& c) {
        core::programme_number n = 0;
        while (n < programmes.size() && programmes[n].code != c.programme) {
            ++n;
        }
        if (n == programmes.size() || settled.contains(n)) {
            return no(core::errc::not_found, "programme");
        }
        core::clinic_number clinic = 0;
        while (clinic < clinics.size() && clinics[clinic].code != c.clinic_code) {
            ++clinic;
        }
        if (clinic == clinics.size()) {
            return no(core::errc::not_found, "clinic");
        }
        if (c.last_day > day_of(now_.recorded_at, n)) {
            return no(core::errc::future_date, "date");
        }
        if (c.doses > programmes[n].schedule.doses) {
            return no(core::errc::schedule_full, "doses");
        }
        if (doses.contains({c.person, n})) {
            return no(core::errc::already_exists, "national_id");
        }
        given g;
        g.seq = ++seq;
        g.elsewhere = true;
        g.clinic = clinic;
        g.day = c.last_day;
        doses[{c.person, n}].assign(c.doses, g);
        last_events[{c.person, n}] = g.seq;
        ++imported;
        return core::accepted{n};
    }

    core::outcome run_one(const core::ship_doses& c) {
        if (keys.contains(c.key)) {
            return core::known_key{keys[c.key], c.content};
        }
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
        const core::sequence first = seq + 1;
        seq += c.received ? 2 : 1;
        if (c.key != core::key_hash{}) {
            keys[c.key] = first;
        }
        books[n].shipped += c.quantity;
        stock& s = open({clinic, lots[n].programme, n, c.funding});
        (c.received ? s.on_hand : s.in_transit) += c.quantity;
        s.last_entry_at = now_.recorded_at;
        core::stock_moved e;
        e.header.recorded_at = now_.recorded_at;
        e.clinic = clinic;
        e.lot = n;
        e.funding = c.funding;
        e.quantity = c.quantity;
        return core::shipment_receipt{first, e, false};
    }
};

}  // namespace doseline::test
