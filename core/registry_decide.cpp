#include "core/registry.hpp"

#include <algorithm>
#include <tuple>

// The decisions. Pure: state and a command with its time in, events or a refusal out.
namespace doseline::core {

outcome registry::decide(const command& c, const moment& now, sequence next, decided& into) const {
    return std::visit([&](const auto& what) { return decide_on(what, now, next, into); }, c);
}

void registry::prefetch(const command& c) const noexcept {
    if (const auto* dose = std::get_if<register_dose>(&c)) {
        keys_.prefetch(dose->key);
        persons_.prefetch(dose->person, dose->programme == no_programme ? 0 : dose->programme);
        __builtin_prefetch(&clinics_[dose->by.clinic]);
    } else if (const auto* check = std::get_if<check_eligibility>(&c)) {
        persons_.prefetch(check->person, check->programme == no_programme ? 0 : check->programme);
        __builtin_prefetch(&clinics_[check->by.clinic]);
    }
}

event_header registry::header_for(clinic_number clinic, const moment& now) const noexcept {
    return {now.recorded_at, clinic == no_clinic ? 0 : clinics_[clinic].last_event};
}

// No programme named: the open one of highest priority; when none is open, the one of highest
// priority that began last, so that a shot before the start is judged by the season that it is for.
// Of a settled one it is not known any more who had a dose: it is as if it had never been.
programme_number registry::choose_programme(programme_number asked, instant at) const noexcept {
    const auto settled = [&](std::size_t n) { return (book_.settled >> n & 1u) != 0; };
    if (asked != no_programme) {
        return asked < programmes_.size() && !settled(asked) ? asked : no_programme;
    }
    const auto rank = [&](std::size_t n) {
        const programme& p = *programmes_[n];
        const civil_day day = day_at(at, p.offset);
        return std::tuple(p.starts <= day && day <= p.ends, p.priority, p.starts);
    };
    programme_number best = no_programme;
    for (std::size_t n = 0; n < programmes_.size(); ++n) {
        if (!settled(n) && (best == no_programme || rank(n) > rank(best))) {
            best = static_cast<programme_number>(n);
        }
    }
    return best;
}

outcome registry::decide_on(const check_eligibility& c, const moment& now, sequence,
                            decided& into) const {
    const programme_number n = choose_programme(c.programme, now.recorded_at);
    if (n == no_programme) {
        return refusal{errc::bad_field, "programme", 0, std::nullopt};
    }
    const programme& p = *programmes_[n];
    const exception_kind* exception = nullptr;
    if (!c.exception.empty()) {
        exception = find_exception(p, c.exception.view());
        if (exception == nullptr) {
            return refusal{errc::bad_field, "exception", 0, std::nullopt};
        }
    }

    check_answer answer;
    answer.programme = n;
    dose_history history;
    const person_record* person = persons_.find(c.person, n);
    if (person != nullptr && person->doses > 0) {
        history = person->history();
        answer.last_dose = last_dose{history.last_day, clinics_[person->last_clinic].region};
    }
    const clinic_state& clinic = clinics_[c.by.clinic];
    const eligibility e =
        evaluate(p, c.birth, day_at(now.recorded_at, p.offset), clinic.kind, exception, history);
    answer.decision = e.decision;
    answer.opens = e.opens;
    answer.closes = e.closes;
    answer.evidence_required = needs_evidence(e, exception);
    answer.remaining = remaining(c.by.clinic, n);

    std::uint16_t hold_seconds = 0;
    if (may_vaccinate(e.decision)) {
        constexpr std::chrono::seconds hold_time = limits::hold_time;
        const auto held = holds_.find(c.person, n, now.steady);
        if (held && held->clinic != c.by.clinic) {
            answer.decision = decision::in_progress_elsewhere;
            const std::int64_t left_ms = held->expires - now.steady;
            answer.held_minutes_ago =
                static_cast<std::uint16_t>((hold_time.count() * 1'000 - left_ms) / 60'000);
        } else if (held || (clinic.holds < limits::holds_per_clinic_max &&
                            holds_.size() < limits::holds_max)) {
            hold_seconds = static_cast<std::uint16_t>(hold_time.count());
            answer.hold_until = now.recorded_at + hold_time;
        }
    }
    into.audit.push_back({audit_action::checked, answer.decision, now.recorded_at, c.by, c.person,
                          n, hold_seconds, 0});
    return answer;
}

lot_number registry::find_lot(const lot_text& lot, const product_text& product,
                              programme_number programme) const {
    const auto it = lots_by_text_.find(lot_key(lot));
    if (it == lots_by_text_.end()) {
        return 0;
    }
    // A verified lot of this programme first, then any verified one, then what clinics wrote.
    lot_number best = 0;
    const auto rank = [&](lot_number n) {
        return std::pair(lots_[n].verified, lots_[n].programme == programme);
    };
    for (const lot_number n : it->second) {
        const bool fits = product.empty() || product == lots_[n].product;
        if (fits && (best == 0 || rank(n) > rank(best))) {
            best = n;
        }
    }
    return best;
}

registry::lot_choice registry::choose_lot(const register_dose& c, programme_number programme,
                                          civil_day day, core::funding by_phase) const {
    lot_choice choice;
    choice.funding = c.funding.value_or(by_phase);
    if (!c.lot.empty()) {
        choice.lot = find_lot(c.lot, c.product, programme);
        choice.known = choice.lot != 0 && lots_[choice.lot].verified;
    }
    // Among the clinic's accounts on hand: the lot that was named, else the one that expires
    // first and has not expired; of the funding that was named, else rather that of the phase.
    const account* best = nullptr;
    const auto rank = [&](const account& a) {
        const lot_state& l = lots_[a.lot];
        return std::tuple(l.recalled || l.expires < day, l.expires, a.funding != by_phase, a.lot);
    };
    for (const account& a : clinics_[c.by.clinic].accounts) {
        const bool fits =
            a.on_hand > 0 && a.programme == programme && (c.lot.empty() || a.lot == choice.lot) &&
            (!c.funding || a.funding == *c.funding) &&
            (!c.lot.empty() || c.product.empty() || lots_[a.lot].product == c.product);
        if (fits && (best == nullptr || rank(a) < rank(*best))) {
            best = &a;
        }
    }
    if (best != nullptr) {
        choice.lot = best->lot;
        choice.funding = best->funding;
        choice.on_hand = true;
    }
    return choice;
}

namespace {

// A claim only ever gets worse while flags are gathered.
void at_least(claim_state& claim, claim_state floor) noexcept {
    if (claim < floor) {
        claim = floor;
    }
}
static_assert(claim_state::auto_ok < claim_state::review &&
              claim_state::review < claim_state::not_payable);

void judge_phase(const eligibility& e, bool evidence_missing, flag_set& flags,
                 claim_state& claim) noexcept {
    switch (e.decision) {
        case decision::not_eligible_age:
            // No rule of the programme pays for this age; the fact is kept all the same.
            flags |= bit(flag::not_eligible_age);
            at_least(claim, claim_state::not_payable);
            break;
        case decision::not_yet:
            flags |= bit(flag::not_yet);
            at_least(claim, claim_state::review);
            break;
        case decision::closed_here:
            flags |= bit(flag::closed_here);
            at_least(claim, claim_state::review);
            break;
        case decision::eligible_exception:
            flags |= evidence_missing ? bit(flag::evidence_missing) : flag_set{0};
            at_least(claim, claim_state::review);
            break;
        default: break;
    }
}

}  // namespace

outcome registry::decide_on(const register_dose& c, const moment& now, sequence next,
                            decided& into) const {
    if (const sequence known = keys_.find(c.key); known != 0) {
        return known_key{known, c.content};
    }
    const instant occurred = c.occurred_at.value_or(now.recorded_at);
    if (occurred > now.recorded_at + limits::occurred_ahead_max) {
        return refusal{errc::future_date, "occurred_at", 0, std::nullopt};
    }
    const programme_number n = choose_programme(c.programme, occurred);
    if (n == no_programme) {
        return refusal{errc::bad_field, "programme", 0, std::nullopt};
    }
    const programme& p = *programmes_[n];
    const exception_kind* exception = nullptr;
    if (!c.exception.empty() && (exception = find_exception(p, c.exception.view())) == nullptr) {
        return refusal{errc::bad_field, "exception", 0, std::nullopt};
    }
    const clinic_state& clinic = clinics_[c.by.clinic];
    const civil_day day = day_at(occurred, p.offset);
    const person_record* person = persons_.find(c.person, n);
    const dose_judgement judged =
        judge(c.birth, p, day, day_at(now.recorded_at, p.offset), clinic, {exception, c.evidence},
              person == nullptr ? dose_history{} : person->history());

    dose_registered e;
    e.programme = n;
    e.flags = judged.flags;
    e.claim_by_rules = judged.claim;
    const lot_choice vial = choose_lot(c, n, day, judged.funding);
    if (const auto refused = take_vial(c, vial, day, now, e, into)) {
        return *refused;
    }
    e.remaining = remaining(c.by.clinic, n) - (e.source == dose_source::private_stock ? 0 : 1);
    e.header = header_for(c.by.clinic, now);
    e.clinic = c.by.clinic;
    e.device = c.by.device;
    e.previous_of_person = person == nullptr ? 0 : person->last_event;
    e.person = c.person;
    e.key = c.key;
    e.content = c.content;
    e.sealed = c.sealed;
    e.user = c.by.user;
    e.occurred_at = occurred;
    e.programme_version = p.version;
    e.dose_number =
        static_cast<std::uint8_t>(std::min(255u, person == nullptr ? 1 : person->doses + 1));
    e.exception = exception == nullptr ? no_exception
                                       : static_cast<std::uint8_t>(exception - p.exceptions.data());
    e.data_key = c.data_key;
    e.dose_ml_hundredths = c.dose_ml_hundredths;
    e.site = c.site;
    e.route = c.route;
    e.offline = c.offline;
    e.confirmed = c.confirmed != 0;
    e.extended = c.extension != nullptr;
    e.evidence = c.evidence;

    const sequence seq = next + into.events.size();
    const dose_receipt receipt{seq,     now.recorded_at, e.clinic,    n,
                               e.flags, e.claim,         e.remaining, false};
    into.audit.push_back(
        {audit_action::registered, decision::eligible, now.recorded_at, c.by, c.person, n, 0, seq});
    into.events.emplace_back(e);
    if (c.extension) {
        into.events.emplace_back(
            extension_attached{{now.recorded_at, seq}, c.by.clinic, c.data_key, *c.extension});
    }
    return receipt;
}

registry::dose_judgement registry::judge(civil_day birth, const programme& p, civil_day day,
                                         civil_day recorded, const clinic_state& clinic,
                                         const exception_claimed& exception,
                                         const dose_history& before) {
    dose_judgement j;
    eligibility e = evaluate(p, birth, day, clinic.kind, exception.kind, before);
    if (e.decision == decision::already_vaccinated) {
        j.flags |= bit(flag::already_vaccinated);
        e = evaluate(p, birth, day, clinic.kind, exception.kind, {});  // the phase by itself
    }
    judge_phase(e, needs_evidence(e, exception.kind) && !exception.evidence, j.flags, j.claim);
    j.funding = e.funding;
    if (day != recorded) {
        j.flags |= bit(flag::late);
    }
    if (day < clinic.contract_from || clinic.contract_to < day) {
        j.flags |= bit(flag::contract_inactive);
        at_least(j.claim, claim_state::not_payable);
    }
    return j;
}

// Expired and recalled lots are asked about once; a row that nobody can answer for any more
// (offline, or one of a batch) is recorded for review.
std::optional<refusal> registry::judge_vial(const register_dose& c, const lot_choice& vial,
                                            civil_day day, dose_registered& e) const {
    e.claim_alone = e.claim_by_rules;
    if (c.funding == funding::private_pay) {
        e.source = dose_source::private_stock;
        at_least(e.claim_alone, claim_state::not_payable);
    } else {
        e.source = vial.on_hand ? dose_source::on_hand : dose_source::suspense;
    }
    const lot_state& lot = lots_[vial.lot];
    if (vial.lot != 0 && lot.verified) {
        struct defect {
            bool holds;
            flag told;
            errc code;
            std::uint8_t confirmation;
        };
        for (const defect& d :
             {defect{lot.recalled, flag::lot_recalled, errc::lot_recalled, confirm_recalled},
              defect{lot.expires < day, flag::lot_expired, errc::lot_expired, confirm_expired}}) {
            if (!d.holds) {
                continue;
            }
            if (!c.offline && !c.in_batch && (c.confirmed & d.confirmation) == 0) {
                return refusal{d.code, "lot", d.confirmation, std::nullopt};
            }
            e.flags |= bit(d.told);
            at_least(e.claim_alone, claim_state::review);
        }
    }
    if (e.source == dose_source::suspense) {
        e.flags |= bit(vial.known ? flag::stock_negative : flag::lot_unknown);
    }
    e.claim = has(e.flags, flag::already_vaccinated) ? claim_state::not_payable : e.claim_alone;
    return std::nullopt;
}

std::optional<refusal> registry::take_vial(const register_dose& c, const lot_choice& vial,
                                           civil_day day, const moment& now, dose_registered& e,
                                           decided& into) const {
    if (auto refused = judge_vial(c, vial, day, e)) {
        return refused;
    }
    e.lot = e.source == dose_source::suspense ? suspense_lot(c, e.programme, vial, now, into)
                                              : vial.lot;
    e.funding = e.source == dose_source::private_stock ? funding::private_pay : vial.funding;
    return std::nullopt;
}

// The lot under which a dose stands in suspense: the one that was found, a new number for one that
// nobody knows, or 0 where the clinic has no room for one more account or the program for the lot.
lot_number registry::suspense_lot(const register_dose& c, programme_number programme,
                                  const lot_choice& vial, const moment& now, decided& into) const {
    if (vial.lot != 0) {
        return has_room_for({c.by.clinic, programme, vial.lot, vial.funding}) ? vial.lot : 0;
    }
    const bool room = clinics_[c.by.clinic].accounts.size() < limits::accounts_per_clinic_max;
    if (vial.known || !room || lots_.size() >= limits::lots_max) {
        return 0;  // known without a lot: none was named
    }
    lot_registered noted;
    noted.header = header_for(no_clinic, now);
    noted.number = static_cast<lot_number>(lots_.size());
    noted.programme = programme;
    noted.lot = c.lot;
    noted.product = c.product;
    into.events.emplace_back(noted);
    return noted.number;
}

outcome registry::decide_on(const count_totals&, const moment&, sequence, decided&) const {
    return accepted{};
}

}  // namespace doseline::core
