#include "core/registry.hpp"

// Decisions on claims, and payments. The rules are claim.hpp's; here they are asked of a
// registration, and the answer becomes its next version.
namespace doseline::core {

namespace {

claim_receipt receipt_of(sequence seq, const claim_decided& e, bool replayed) {
    const amendment& change = e.change;
    return {change.registration,
            seq,
            e.header.recorded_at,
            change.clinic,
            change.programme,
            change.version,
            e.decision,
            e.reason,
            change.claim_before,
            change.claim,
            replayed};
}

// A decision that comes again, its answer having been lost: it says the same, and names the version
// that it found; or the one that it made, or any, if nothing was changed since.
std::optional<claim_receipt> answer_again(const decide_claim& c, const registration_history& r) {
    for (const auto& [seq, change] : r.changes) {
        const auto* done = std::get_if<claim_decided>(&change);
        if (done == nullptr || done->decision != c.decision || done->reason != c.reason) {
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

// REQUIRES: it has been paid.
claim_receipt payment_of(const registration_history& r) {
    for (const auto& [seq, change] : r.changes) {
        const auto* done = std::get_if<claim_decided>(&change);
        if (done != nullptr && done->decision == claim_decision::paid) {
            return receipt_of(seq, *done, true);
        }
    }
    return {};
}

}  // namespace

outcome registry::decide_on(const decide_claim& c, const moment& now, sequence next,
                            decided& into) const {
    if (auto lack = lacking(c.history, c.seq)) {
        return *std::move(lack);
    }
    const registration_history* r = within_reach(*c.history, c.seq, c.by.clinic);
    if (r == nullptr) {
        return no(errc::not_found);
    }
    if (r->dose.clinic == c.by.clinic) {
        return no(errc::claim_own);
    }
    if (const auto again = answer_again(c, *r)) {
        return *again;
    }
    if (r->voided() != nullptr || (c.version != any_version && c.version != r->version())) {
        return no(errc::version_conflict);
    }
    return settle_claim(*c.history, *r, c.by, c.decision, c.reason, now, next, into);
}

outcome registry::decide_on(const pay_claim& c, const moment& now, sequence next,
                            decided& into) const {
    if (auto lack = lacking(c.history, c.seq)) {
        return *std::move(lack);
    }
    const registration_history* r = c.history->find(c.seq);
    if (r == nullptr) {
        return no(errc::not_found);
    }
    if (r->dose.claim == claim_state::paid) {
        return payment_of(*r);
    }
    if (r->voided() != nullptr) {
        return no(errc::claim_state);
    }
    actor by;
    by.clinic = no_clinic;
    by.address = c.address;
    return settle_claim(*c.history, *r, by, claim_decision::paid, claim_reason::none, now, next,
                        into);
}

outcome registry::settle_claim(const person_history& all, const registration_history& r,
                               const actor& by, claim_decision how, claim_reason why,
                               const moment& now, sequence next, decided& into) const {
    const claim_facts facts{r.dose.claim, ruling_of(r.dose),
                            has(r.dose.flags, flag::already_vaccinated), payable_beside(all, r),
                            programmes_[all.programme]->schedule.doses};
    const auto claim = after_decision(facts, how, why);
    if (!claim) {
        const auto code = static_cast<errc>(claim.error().value());
        return no(code, code == errc::claim_duplicate ? "reason" : "");
    }
    claim_decided e;
    e.header = header_for(r.dose.clinic, now);
    e.change = next_change(all, r, by.clinic, *claim);
    e.device = by.device;
    e.user = by.user;
    e.decision = how;
    e.reason = why;
    const sequence seq = next + into.events.size();
    into.events.emplace_back(e);
    into.audit.push_back({audit_action::decided, decision::eligible, now.recorded_at, by,
                          all.person, all.programme, 0, seq});
    return receipt_of(seq, e, false);
}

void registry::apply_to(const claim_decided& e, sequence seq) {
    persons_.at(e.change.person, e.change.programme).last_event = seq;
    touch(e.change.clinic, seq);
}

}  // namespace doseline::core
