#include "core/registry.hpp"

#include <algorithm>

// Looks at a registration and changes of one. What they need of the past is not in memory: it comes
// with the command, and is used only while nothing has happened to the person since.
namespace doseline::core {

namespace {

void_receipt receipt_of(sequence seq, const dose_voided& e, bool replayed) {
    const amendment& change = e.change;
    return {change.registration, seq,         e.header.recorded_at, change.clinic, change.programme,
            change.version,      e.reason,    e.remaining,          replayed,      e.registered_at,
            change.claim_before, std::nullopt};
}

// A void that comes again, its answer having been lost: it names the version that it found or the
// one that it made, and the same reason.
bool comes_again(const void_registration& c, const dose_voided& done) noexcept {
    const version_number made = done.change.version;
    return c.reason == done.reason &&
           (c.version == any_version || c.version == made || c.version + 1 == made);
}

}  // namespace

std::optional<outcome> registry::lacking(const shared_history& history,
                                         sequence registration) const {
    if (history == nullptr) {
        return history_wanted{registration, 0};
    }
    if (history->too_long) {
        return no(errc::limit_reached);
    }
    const person_record* person = persons_.find(history->person, history->programme);
    if (person != nullptr && person->last_event != history->last_event) {
        return history_wanted{registration, person->last_event};
    }
    return std::nullopt;
}

const registration_history* registry::within_reach(const person_history& all, sequence seq,
                                                   clinic_number asking) const noexcept {
    const registration_history* r = all.find(seq);
    return r != nullptr && may_act_for(asking, r->dose.clinic) ? r : nullptr;
}

amendment registry::next_change(const person_history& of, const registration_history& r,
                                clinic_number acting, claim_state claim) const noexcept {
    amendment change;
    change.clinic = r.dose.clinic;
    change.acting = acting;
    change.registration = r.seq;
    change.previous_of_registration = r.changes.empty() ? 0 : r.changes.back().first;
    change.previous_of_person = of.last_event;
    change.person = of.person;
    change.programme = of.programme;
    change.version = static_cast<version_number>(r.version() + 1);
    change.claim_before = r.dose.claim;
    change.claim = claim;
    return change;
}

outcome registry::decide_on(const view_registration& c, const moment& now, sequence,
                            decided& into) const {
    if (auto lack = lacking(c.history, c.seq)) {
        return *std::move(lack);
    }
    const registration_history* r = within_reach(*c.history, c.seq, c.by.clinic);
    if (r != nullptr && c.version != any_version && c.version != r->version()) {
        return no(errc::version_conflict);
    }
    // Who tries one number after another leaves a trace, too.
    into.audit.push_back({audit_action::viewed, decision::eligible, now.recorded_at, c.by,
                          c.history->person, no_programme, 0, c.seq});
    if (r == nullptr) {
        return no(errc::not_found);
    }
    return registration_view{{c.history, r}};
}

// The first recorded doses are the payable ones, as many as the schedule gives: when one of them
// goes, the first that came too late for it takes its place; one that is payable already, by a
// decision, goes before the others, or there would be one too many.
const registration_history* registry::successor_of(const registration_history& voided,
                                                   const person_history& all) const noexcept {
    const registration_history* next = nullptr;
    unsigned in_place = all.imported.payable;
    for (const registration_history& r : all.registrations) {
        if (&r == &voided || r.voided() != nullptr) {
            continue;
        }
        if (!has(r.dose.flags, flag::already_vaccinated)) {
            ++in_place;
        } else if (r.seq < book_.opened) {  // a closed book's stays as it is, and where it is
            in_place += payable(r.dose.claim) ? 1 : 0;
        } else if (next == nullptr || (payable(r.dose.claim) && !payable(next->dose.claim))) {
            next = &r;
        }
    }
    return in_place < programmes_[all.programme]->schedule.doses ? next : nullptr;
}

outcome registry::decide_on(const void_registration& c, const moment& now, sequence next,
                            decided& into) const {
    if (auto lack = lacking(c.history, c.seq)) {
        return *std::move(lack);
    }
    const person_history& all = *c.history;
    const registration_history* r = within_reach(all, c.seq, c.by.clinic);
    if (r == nullptr) {
        return no(errc::not_found);
    }
    if (const dose_voided* done = r->voided()) {
        if (!comes_again(c, *done)) {
            return no(errc::version_conflict);
        }
        return receipt_of(r->changes.back().first, *done, true);
    }
    if (r->seq < book_.opened) {
        return no(errc::book_closed);
    }
    if (c.version != any_version && c.version != r->version()) {
        return no(errc::version_conflict);
    }
    const dose_registered& dose = r->dose;
    const programme& p = *programmes_[all.programme];
    const bool of_programme = dose.source != dose_source::private_stock;

    dose_voided e;
    e.header = header_for(dose.clinic, now);
    // The money has gone out: a registration that is VOIDED and PAID is to be claimed back.
    const bool paid = dose.claim == claim_state::paid;
    e.change = next_change(all, *r, c.by.clinic, paid ? dose.claim : claim_state::not_payable);
    e.device = c.by.device;
    e.user = c.by.user;
    e.reason = c.reason;
    e.lot = dose.lot;
    e.source = dose.source;
    e.funding = dose.funding;
    e.registered_at = dose.header.recorded_at;
    e.remaining = remaining(dose.clinic, all.programme) + (of_programme ? 1 : 0);
    if (all.imported.doses > 0) {
        e.last_clinic = all.imported.last_clinic;
        e.last_day = all.imported.last_day;
    }
    for (const registration_history& other : all.registrations) {
        const civil_day day = day_at(other.dose.occurred_at, p.offset);
        const bool stands = &other != r && other.voided() == nullptr;
        if (stands && (e.last_clinic == no_clinic || day >= e.last_day)) {
            e.last_clinic = other.dose.clinic;
            e.last_day = day;
        }
    }
    const sequence seq = next + into.events.size();
    void_receipt receipt = receipt_of(seq, e, false);
    into.events.emplace_back(e);
    into.audit.push_back({audit_action::voided, decision::eligible, now.recorded_at, c.by,
                          all.person, all.programme, 0, seq});

    if (const registration_history* heir = successor_of(*r, all)) {
        dose_reevaluated again;
        again.header = header_for(heir->dose.clinic, now);
        if (heir->dose.clinic == dose.clinic) {
            again.header.previous_of_clinic = seq;
        }
        dose_registered now_first = heir->dose;
        now_first.flags &= static_cast<flag_set>(~bit(flag::already_vaccinated));
        again.flags = now_first.flags;
        again.change = next_change(
            all, *heir, c.by.clinic,
            after_judgement(heir->dose.claim, ruling_of(heir->dose), ruling_of(now_first)));
        again.change.previous_of_person = seq;
        receipt.successor = {heir->dose.clinic, heir->dose.claim, again.change.claim};
        into.events.emplace_back(again);
    }
    return receipt;
}

}  // namespace doseline::core
