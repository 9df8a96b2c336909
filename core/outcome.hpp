#pragma once

#include "core/clinic_day.hpp"
#include "core/error.hpp"
#include "core/person_history.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What the registry answers to a command. Values only: how it is worded is net's affair.
namespace doseline::core {

// Not done, nothing recorded. field names the request's field where one is at fault.
struct refusal {
    errc code = errc::bad_field;
    std::string_view field;    // a literal
    std::uint8_t confirm = 0;  // with lot_expired, lot_recalled: what to confirm
    std::optional<bool> vaccinate;
};

inline refusal no(errc code, std::string_view field = "") noexcept {
    return {code, field, 0, std::nullopt};
}

struct last_dose {
    civil_day day;
    std::uint32_t region = 0;
};

struct check_answer {
    core::decision decision = core::decision::eligible;
    programme_number programme = no_programme;
    std::optional<civil_day> opens;
    std::optional<civil_day> closes;
    std::optional<core::last_dose> last_dose;
    std::optional<instant> hold_until;
    std::optional<std::uint16_t> held_minutes_ago;  // with in_progress_elsewhere
    bool evidence_required = false;                 // by the exception that was named
    std::int32_t remaining = 0;
};

// What the clinic is told of a registration, first time and on replay: all of it is in the event.
struct dose_receipt {
    sequence seq = 0;
    instant recorded_at;
    clinic_number clinic = 0;
    programme_number programme = 0;
    flag_set flags = 0;
    claim_state claim = claim_state::auto_ok;
    std::int32_t remaining = 0;
    bool replayed = false;
};

// The key is known: the stored answer has to be read, and content compared with it.
struct known_key {
    sequence seq = 0;
    fingerprint content{};
};

struct enrolled_answer {
    clinic_number clinic = 0;
    std::uint32_t device = 0;
    instant at;
};

struct revoked_answer {
    clinic_number clinic = 0;
    std::uint32_t device = 0;
    instant at;
};

// The command needs what the ledger holds of that registration's person, which has to be read:
// all that leads up to head; 0: who the person is, first.
struct history_wanted {
    sequence registration = 0;
    sequence head = 0;
};

// The same, of the clinic's registrations: a page of those that lead up to head. Days are counted
// in that zone.
struct page_wanted {
    clinic_number clinic = 0;
    sequence head = 0;
    sequence before = 0;
    std::optional<civil_day> day;
    zone_offset zone{};
    std::optional<claim_state> claim{};  // of registrations: that they have now
};

// The same, of the clinic's movements. Nobody's data are in them, so the reader answers at once.
struct movements_wanted {
    page_wanted page;
};

struct movement_page;  // core/movement_page.hpp
struct movement_list {
    std::shared_ptr<const movement_page> page;
};

// The looks are audited.
struct registration_list {
    std::shared_ptr<const registration_page> page;
};

// The same, of the audit.
struct audit_wanted {
    audit_filter filter;
};

struct audit_list {
    std::shared_ptr<const audit_page> page;
};

// The look is audited. Holds the registration with its changes.
struct registration_view {
    std::shared_ptr<const registration_history> registration;
};

// What the clinic is told of a void, first time and when it asks again.
struct void_receipt {
    sequence registration = 0;
    sequence seq = 0;
    instant voided_at;
    clinic_number clinic = 0;
    programme_number programme = 0;
    version_number version = 0;
    void_reason reason = void_reason::other;
    std::int32_t remaining = 0;
    bool replayed = false;
    // What the totals lose and, where another dose took its place, gain.
    instant registered_at;
    claim_state claim_before = claim_state::auto_ok;
    struct successor {
        clinic_number clinic = 0;
        claim_state claim_before = claim_state::not_payable;
        claim_state claim = claim_state::auto_ok;
    };
    std::optional<successor> successor;
};

// What the clinic is told of a correction, first time and when it asks again.
struct correction_receipt {
    sequence registration = 0;
    sequence seq = 0;
    instant corrected_at;
    clinic_number clinic = 0;
    programme_number programme = 0;
    version_number version = 0;
    correction_reason reason = correction_reason::none;
    flag_set flags = 0;
    claim_state claim_before = claim_state::auto_ok;
    claim_state claim = claim_state::auto_ok;
    std::int32_t remaining = 0;
    bool replayed = false;
};

// What is told of a decision on a claim, or of a payment, first time and when it is asked again.
struct claim_receipt {
    sequence registration = 0;
    sequence seq = 0;
    instant decided_at;
    clinic_number clinic = 0;
    programme_number programme = 0;
    version_number version = 0;
    claim_decision decision = claim_decision::accepted;
    claim_reason reason = claim_reason::none;
    claim_state claim_before = claim_state::auto_ok;
    claim_state claim = claim_state::auto_ok;
    bool replayed = false;
};

// What the clinic is told of a movement, first time and on replay: all of it is in the event.
struct movement_receipt {
    sequence seq = 0;
    stock_changed event;
    bool replayed = false;
};

// What an operator is told of a shipment, first time and on replay: all of it is in the event.
struct shipment_receipt {
    sequence seq = 0;
    stock_moved event;
    bool replayed = false;
};

// What the clinic is told of a report, first time and when it changes nothing.
struct day_receipt {
    clinic_number clinic = 0;
    civil_day day;
    clinic_day after;
    bool replayed = false;
};

struct totals_answer {
    sequence seq = 0;
    instant as_of;
    struct scope {
        std::uint64_t doses = 0;
        std::array<std::uint64_t, 24> by_hour{};  // of today, by the hour of recording
        std::int64_t remaining = 0;
    };
    scope nation;
    scope region;  // of the clinic that asked
};

// A finished round of the proof: up to seq, drift is the sum of all differences found.
struct proof_answer {
    sequence seq = 0;
    std::uint64_t events = 0;
    std::uint64_t drift = 0;
    // What was compared: accounts, persons in their programmes, lots, rows of the reactors' shards.
    std::uint64_t accounts = 0;
    std::uint64_t persons = 0;
    std::uint64_t lots = 0;
    std::uint64_t shards = 0;
    instant as_of;
    std::vector<std::string> findings;  // the first ones, in words
};

// An operator's command was taken; the number that was given out.
struct accepted {
    std::uint32_t number = 0;
};

using outcome =
    std::variant<refusal, check_answer, dose_receipt, known_key, enrolled_answer, revoked_answer,
                 history_wanted, page_wanted, registration_view, registration_list, audit_wanted,
                 audit_list, void_receipt, correction_receipt, movement_receipt, movements_wanted,
                 movement_list, shipment_receipt, totals_answer, proof_answer, accepted,
                 claim_receipt, day_receipt>;

}  // namespace doseline::core
