#include "core/registry.hpp"

#include <algorithm>

// Corrections: what was registered otherwise than it was. The shot is judged again by what judges a
// new one, as far as the correction goes: its time, its vial, or neither.
namespace doseline::core {

namespace {

constexpr flag_set flags_of_vial = bit(flag::lot_unknown) | bit(flag::stock_negative) |
                                   bit(flag::lot_expired) | bit(flag::lot_recalled);
// Which dose of a person is the payable one goes by when it was recorded.
constexpr flag_set flags_that_stay = flags_of_vial | bit(flag::already_vaccinated);

correction_receipt receipt_of(sequence seq, const dose_corrected& e, bool replayed) {
    const amendment& change = e.change;
    return {change.registration,
            seq,
            e.header.recorded_at,
            change.clinic,
            change.programme,
            change.version,
            e.reason,
            e.flags,
            change.claim_before,
            change.claim,
            e.remaining,
            replayed};
}

// A correction that comes again, its answer having been lost: it says the same, and names the
// version that it found; or the one that it made, or any, if nothing was changed since.
std::optional<correction_receipt> answer_again(const correct_registration& c,
                                               const registration_history& r) {
    for (const auto& [seq, change] : r.changes) {
        const auto* done = std::get_if<dose_corrected>(&change);
        if (done == nullptr || done->content != c.content) {
            continue;
        }
        const version_number made = done->change.version;
        const bool is_last = made == r.version();
        if (c.version + 1 == made || (is_last && (c.version == any_version || c.version == made))) {
            return receipt_of(seq, *done, true);
        }
    }
    return std::nullopt;
}

// Of the person's doses that stand, those recorded before this one, and imported ones.
dose_history doses_before(const person_history& all, const registration_history& r,
                          zone_offset offset) noexcept {
    dose_history before{static_cast<std::uint8_t>(all.imported.doses), all.imported.last_day};
    for (const registration_history& other : all.registrations) {
        if (other.seq >= r.seq) {
            break;
        }
        if (other.voided() == nullptr) {
            const civil_day day = day_at(other.dose.occurred_at, offset);
            before.last_day = before.doses == 0 ? day : std::max(before.last_day, day);
            before.doses = static_cast<std::uint8_t>(std::min(255, before.doses + 1));
        }
    }
    return before;
}

// Of all that stand the latest, this one at its new time.
void set_last_dose(dose_corrected& e, const person_history& all, const registration_history& r,
                   zone_offset offset) noexcept {
    bool any = all.imported.doses > 0;
    e.last_day = all.imported.last_day;
    e.last_clinic = all.imported.last_clinic;
    for (const registration_history& other : all.registrations) {
        const civil_day day = day_at(&other == &r ? e.occurred_at : other.dose.occurred_at, offset);
        if (other.voided() == nullptr && (!any || day >= e.last_day)) {
            e.last_day = day;
            e.last_clinic = other.dose.clinic;
            any = true;
        }
    }
}

// What people decided stands or falls with what the rules say now. Where a decision has given the
// dose's place to another one meanwhile, it has come too late.
void judge_claim(dose_registered& dose, const person_history& all, const registration_history& r,
                 unsigned schedule_doses) noexcept {
    dose.claim = after_judgement(r.dose.claim, ruling_of(r.dose), ruling_of(dose));
    if (!payable(r.dose.claim) && payable(dose.claim) && payable_beside(all, r) >= schedule_doses) {
        dose.flags |= bit(flag::already_vaccinated);
        dose.claim = claim_state::not_payable;
    }
}

bool is_as_before(const dose_registered& dose, const dose_registered& before) noexcept {
    return origin_of(dose) == origin_of(before) && dose.occurred_at == before.occurred_at &&
           dose.flags == before.flags && dose.site == before.site && dose.route == before.route &&
           dose.dose_ml_hundredths == before.dose_ml_hundredths;
}

int of_programme(const dose_registered& dose) noexcept {
    return dose.source == dose_source::private_stock ? 0 : 1;
}

}  // namespace

std::optional<refusal> registry::rejudge_time(const correct_registration& c,
                                              const person_history& all,
                                              const registration_history& r, const moment& now,
                                              dose_registered& dose) const {
    if (!c.person) {
        return no(errc::person_needed, "national_id");
    }
    if (*c.person != all.person) {
        return no(errc::other_person, "national_id");
    }
    if (*c.occurred_at > now.recorded_at + limits::occurred_ahead_max) {
        return no(errc::future_date, "occurred_at");
    }
    if (*c.occurred_at > dose.header.recorded_at + limits::occurred_ahead_max) {
        return no(errc::after_recording, "occurred_at");
    }
    if (*c.occurred_at == dose.occurred_at) {
        return std::nullopt;
    }
    const programme& p = *programmes_[all.programme];
    const exception_kind* exception =
        dose.exception < p.exceptions.size() ? &p.exceptions[dose.exception] : nullptr;
    const dose_judgement judged = judge(
        c.birth, p, day_at(*c.occurred_at, p.offset), day_at(dose.header.recorded_at, p.offset),
        clinics_[dose.clinic], {exception, dose.evidence}, doses_before(all, r, p.offset));
    dose.occurred_at = *c.occurred_at;
    dose.programme_version = p.version;
    dose.claim_by_rules = judged.claim;
    dose.flags =
        static_cast<flag_set>((dose.flags & flags_that_stay) | (judged.flags & ~flags_that_stay));
    return std::nullopt;
}

std::optional<refusal> registry::rejudge_vial(const correct_registration& c, bool new_time,
                                              const moment& now, dose_registered& dose,
                                              decided& into) const {
    const lot_state& lot = lots_[dose.lot];
    const bool new_lot = !c.lot.empty() && lot_key(c.lot) != lot_key(lot.lot);
    const bool new_vial = new_lot || (!c.product.empty() && c.product != lot.product) ||
                          (c.funding && *c.funding != dose.funding);
    if (!new_vial && !new_time) {
        return std::nullopt;
    }
    register_dose said;  // as if the shot were registered with this vial now
    said.by.clinic = dose.clinic;
    said.lot = new_lot ? c.lot : lot.lot;
    said.product = new_lot || !c.product.empty() ? c.product : lot.product;
    said.funding = c.funding;
    if (!said.funding && dose.source == dose_source::private_stock) {
        said.funding = funding::private_pay;
    }
    said.confirmed = c.confirmed;
    const civil_day day = day_at(dose.occurred_at, programmes_[dose.programme]->offset);
    const bool was_known = !has(dose.flags, flag::lot_unknown);
    dose.flags &= static_cast<flag_set>(~flags_of_vial);
    dose.confirmed = c.confirmed != 0;
    if (new_vial) {
        const lot_choice vial = choose_lot(said, dose.programme, day, dose.funding);
        return take_vial(said, vial, day, now, dose, into);
    }
    const bool on_hand = dose.source == dose_source::on_hand;
    return judge_vial(said, {dose.lot, dose.funding, was_known, on_hand}, day, dose);
}

outcome registry::decide_on(const correct_registration& c, const moment& now, sequence next,
                            decided& into) const {
    if (auto lack = lacking(c.history, c.seq)) {
        return *std::move(lack);
    }
    const person_history& all = *c.history;
    const registration_history* r = within_reach(all, c.seq, c.by.clinic);
    if (r == nullptr) {
        return no(errc::not_found);
    }
    if (const auto again = answer_again(c, *r)) {
        return *again;
    }
    if (r->seq < book_.opened) {
        return no(errc::book_closed);
    }
    if (r->voided() != nullptr || (c.version != any_version && c.version != r->version())) {
        return no(errc::version_conflict);
    }
    const programme& p = *programmes_[all.programme];
    const bool later =
        day_at(now.recorded_at, p.offset) != day_at(r->dose.header.recorded_at, p.offset);
    if (c.reason == correction_reason::none && (later || c.by.clinic != r->dose.clinic)) {
        return no(errc::reason_missing, "reason");
    }

    dose_registered dose = r->dose;
    if (c.occurred_at) {
        if (const auto refused = rejudge_time(c, all, *r, now, dose)) {
            return *refused;
        }
    }
    dose.site = c.site == body_site::none ? dose.site : c.site;
    dose.route = c.route == route::none ? dose.route : c.route;
    dose.dose_ml_hundredths =
        c.dose_ml_hundredths == 0 ? dose.dose_ml_hundredths : c.dose_ml_hundredths;
    const bool new_time = dose.occurred_at != r->dose.occurred_at;
    if (const auto refused = rejudge_vial(c, new_time, now, dose, into)) {
        return *refused;
    }
    judge_claim(dose, all, *r, p.schedule.doses);
    if (is_as_before(dose, r->dose)) {
        return no(errc::nothing_changed);
    }

    dose_corrected e;
    e.header = header_for(dose.clinic, now);
    e.change = next_change(all, *r, c.by.clinic, dose.claim);
    e.device = c.by.device;
    e.user = c.by.user;
    e.reason = c.reason;
    e.content = c.content;
    e.before = origin_of(r->dose);
    e.after = origin_of(dose);
    e.occurred_at = dose.occurred_at;
    e.programme_version = dose.programme_version;
    e.flags = dose.flags;
    e.claim_alone = dose.claim_alone;
    e.claim_by_rules = dose.claim_by_rules;
    e.dose_ml_hundredths = dose.dose_ml_hundredths;
    e.site = dose.site;
    e.route = dose.route;
    e.confirmed = dose.confirmed;
    set_last_dose(e, all, *r, p.offset);
    e.remaining =
        remaining(dose.clinic, all.programme) + of_programme(r->dose) - of_programme(dose);
    const sequence seq = next + into.events.size();
    into.events.emplace_back(e);
    into.audit.push_back({audit_action::corrected, decision::eligible, now.recorded_at, c.by,
                          all.person, all.programme, 0, seq});
    return receipt_of(seq, e, false);
}

}  // namespace doseline::core
