#pragma once

#include "core/programme.hpp"

#include <optional>

namespace doseline::core {

// In the order of CONTRACT: the first that holds is the answer.
enum class decision : std::uint8_t {
    already_vaccinated,
    not_eligible_age,
    not_yet,
    closed_here,
    in_progress_elsewhere,
    eligible_exception,
    eligible,
};

std::string_view name_of(decision d) noexcept;  // "ALREADY_VACCINATED" ...

// What is known of the person in this programme; nothing for the phase rule alone.
struct dose_history {
    std::uint8_t doses = 0;
    civil_day last_day{};  // meaningful when doses > 0
};

struct eligibility {
    core::decision decision = decision::not_eligible_age;
    std::optional<civil_day> opens;   // with not_yet: the first day to come on, if any
    std::optional<civil_day> closes;  // with an open phase or closed_here: its last day
    core::funding funding = core::funding::national;
};

// The phase rule: a pure function of birth date, day, rules, history and place, so that a page can
// compute it while the server cannot be reached. Never in_progress_elsewhere: holds are the
// registry's. exception may be null. With a schedule of several doses, a person between two doses
// is not_yet until the interval has passed and already_vaccinated after the last.
eligibility evaluate(const programme& p, civil_day birth, civil_day day, facility_kind facility,
                     const exception_kind* exception, const dose_history& history) noexcept;

// Whether the injection may go ahead by this answer alone.
constexpr bool may_vaccinate(decision d) noexcept {
    return d == decision::eligible || d == decision::eligible_exception;
}

// Whether that person comes by the exception that was named, and has to prove it.
inline bool needs_evidence(const eligibility& e, const exception_kind* named) noexcept {
    return e.decision == decision::eligible_exception && named->evidence_required;
}

}  // namespace doseline::core
