#include "core/claim.hpp"

#include "core/event.hpp"

#include <algorithm>
#include <array>

namespace doseline::core {

namespace {

constexpr std::array<std::string_view, 5> states{"AUTO_OK", "REVIEW", "NOT_PAYABLE", "EXCEPTION_OK",
                                                 "PAID"};
constexpr std::array<std::string_view, 4> decisions{"accept", "reject", "reopen", "pay"};
constexpr std::array<std::string_view, 7> reasons{
    "", "EVIDENCE_SEEN", "COULD_NOT_KNOW", "EVIDENCE_MISSING", "NOT_COVERED", "MISTAKEN", "OTHER"};

// Late, or from which stock it was taken, is nothing against paying for it.
constexpr flag_set flags_of_stock_and_day =
    bit(flag::late) | bit(flag::lot_unknown) | bit(flag::stock_negative);

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names,
                          std::string_view name) noexcept {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) {
        return std::nullopt;
    }
    return static_cast<Enum>(it - names.begin());
}

}  // namespace

std::string_view name_of(claim_state c) noexcept { return states[static_cast<std::size_t>(c)]; }

std::optional<claim_state> claim_state_named(std::string_view name) noexcept {
    return named<claim_state>(states, name);
}

std::string_view name_of(claim_decision d) noexcept {
    return decisions[static_cast<std::size_t>(d)];
}

std::optional<claim_decision> claim_decision_named(std::string_view name) noexcept {
    return named<claim_decision>(decisions, name);
}

std::string_view name_of(claim_reason r) noexcept { return reasons[static_cast<std::size_t>(r)]; }

std::optional<claim_reason> claim_reason_named(std::string_view name) noexcept {
    return named<claim_reason>(reasons, name);
}

bool is_reason_for(claim_reason r, claim_decision d) noexcept {
    using enum claim_reason;
    switch (d) {
        case claim_decision::accepted:
            return r == evidence_seen || r == could_not_know || r == other;
        case claim_decision::rejected:
            return r == evidence_missing || r == not_covered || r == other;
        case claim_decision::reopened: return r == mistaken || r == other;
        case claim_decision::paid: return r == none;
    }
    return false;
}

claim_ruling ruling_of(const dose_registered& dose) noexcept {
    return {has(dose.flags, flag::already_vaccinated) ? claim_state::not_payable : dose.claim_alone,
            static_cast<flag_set>(dose.flags & ~flags_of_stock_and_day),
            dose.source == dose_source::private_stock};
}

result<claim_state> after_decision(const claim_facts& of, claim_decision d,
                                   claim_reason why) noexcept {
    using enum claim_state;
    const claim_state is = of.claim;
    claim_state becomes = is;
    bool possible = false;
    switch (d) {
        case claim_decision::accepted:
            possible = is == review || is == not_payable;
            becomes = exception_ok;
            break;
        case claim_decision::rejected:
            possible = is == review || is == exception_ok;
            becomes = not_payable;
            break;
        case claim_decision::reopened:
            possible = is != paid && is != of.ruling.claim;
            becomes = of.ruling.claim;
            break;
        case claim_decision::paid:
            possible = is == auto_ok || is == exception_ok;
            becomes = paid;
            break;
    }
    if (!possible) {
        return errc::claim_state;
    }
    if (d == claim_decision::accepted && of.ruling.own_expense) {
        return errc::claim_private;
    }
    if (d == claim_decision::accepted && of.duplicate && why != claim_reason::could_not_know) {
        return errc::claim_duplicate;
    }
    if (!payable(is) && payable(becomes) && of.payable_others >= of.schedule_doses) {
        return errc::schedule_full;
    }
    return becomes;
}

claim_state after_judgement(claim_state claim, const claim_ruling& before,
                            const claim_ruling& now) noexcept {
    return claim == claim_state::paid || before == now ? claim : now.claim;
}

}  // namespace doseline::core
