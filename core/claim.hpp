#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

// Who is paid for a dose: what the rules say of it, and what people decide beyond them.
namespace doseline::core {

enum class claim_state : std::uint8_t { auto_ok, review, not_payable, exception_ok, paid };
std::string_view name_of(claim_state c) noexcept;  // "AUTO_OK"
std::optional<claim_state> claim_state_named(std::string_view name) noexcept;

// A dose that counts among those that its person's schedule gives. One under review does: the
// rules have not said no.
constexpr bool payable(claim_state c) noexcept { return c != claim_state::not_payable; }

// A health centre accepts, rejects, or takes its decision back; an operator pays.
enum class claim_decision : std::uint8_t { accepted, rejected, reopened, paid };
std::string_view name_of(claim_decision d) noexcept;  // "accept"
std::optional<claim_decision> claim_decision_named(std::string_view name) noexcept;

enum class claim_reason : std::uint8_t {
    none,
    evidence_seen,
    could_not_know,
    evidence_missing,
    not_covered,
    mistaken,
    other
};
std::string_view name_of(claim_reason r) noexcept;  // "EVIDENCE_SEEN"; none: empty
std::optional<claim_reason> claim_reason_named(std::string_view name) noexcept;
// Whether that is a reason to decide so. None is one to pay, and to nothing else.
bool is_reason_for(claim_reason r, claim_decision d) noexcept;

// What the rules say of a dose, and why.
struct claim_ruling {
    claim_state claim = claim_state::auto_ok;  // auto_ok, review or not_payable
    std::uint16_t grounds = 0;                 // the flags among them that bear on payment
    bool own_expense = false;                  // its patient paid
    friend bool operator==(const claim_ruling&, const claim_ruling&) = default;
};
struct dose_registered;  // core/event.hpp
claim_ruling ruling_of(const dose_registered& dose) noexcept;

// What a decision goes by.
struct claim_facts {
    claim_state claim = claim_state::auto_ok;
    claim_ruling ruling;
    bool duplicate = false;       // the person's doses were complete when it was registered
    unsigned payable_others = 0;  // of the person's other doses that stand
    unsigned schedule_doses = 1;  // that the programme gives a person
};

// The claim after that decision. Errors, nothing being decided then:
//   claim_state      a claim that stands so is not decided so
//   claim_private    what its patient paid for is not claimed
//   claim_duplicate  a duplicate is accepted for one reason alone: nobody there could know
//   schedule_full    the person's other payable doses are as many as the programme gives
result<claim_state> after_decision(const claim_facts& of, claim_decision d,
                                   claim_reason why) noexcept;

// The claim of a dose that is judged again. What people decided stands while the rules say of it
// what they said then; what has been paid has been paid.
claim_state after_judgement(claim_state claim, const claim_ruling& before,
                            const claim_ruling& now) noexcept;

}  // namespace doseline::core
