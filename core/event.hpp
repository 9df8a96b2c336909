#pragma once

#include "core/clinic_day.hpp"
#include "core/command.hpp"
#include "core/eligibility.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// What has happened. Events are the truth: state is a fold of them, and a fold never decides
// again, so each event carries what was decided (flags, claim, account, remaining) and the numbers
// that were given out. storage/event_codec has their bytes.
namespace doseline::core {

// Bits of dose_registered::flags, in the order in which they are told.
enum class flag : std::uint16_t {
    already_vaccinated = 1u << 0,
    not_eligible_age = 1u << 1,
    not_yet = 1u << 2,
    closed_here = 1u << 3,
    late = 1u << 4,
    lot_unknown = 1u << 5,
    stock_negative = 1u << 6,
    lot_expired = 1u << 7,
    lot_recalled = 1u << 8,
    contract_inactive = 1u << 9,
    evidence_missing = 1u << 10,
};
using flag_set = std::uint16_t;
constexpr flag_set bit(flag f) noexcept { return static_cast<flag_set>(f); }
constexpr bool has(flag_set set, flag f) noexcept { return (set & bit(f)) != 0; }
std::string_view name_of(flag f) noexcept;  // "ALREADY_VACCINATED"
std::vector<std::string_view> names_of(flag_set set);

std::string_view name_of(void_reason r) noexcept;  // "WRONG_PERSON"
std::optional<void_reason> void_reason_named(std::string_view name) noexcept;
std::string_view name_of(correction_reason r) noexcept;  // "MISTYPED"; none: empty
std::optional<correction_reason> correction_reason_named(std::string_view name) noexcept;
std::string_view name_of(stock_action a) noexcept;  // "confirm"
std::optional<stock_action> stock_action_named(std::string_view name) noexcept;
std::string_view name_of(stock_reason r) noexcept;  // "FRIDGE_FAILURE"; none: empty
std::optional<stock_reason> stock_reason_named(std::string_view name) noexcept;

// Where a registered dose was taken from.
enum class dose_source : std::uint8_t { on_hand, suspense, private_stock };

// The first event of a book. Behind it stand as many as it says that carry forward what the book
// before left: carry_forward.hpp has their order. The first book has none of them.
struct book_opened {
    event_header header;
    std::uint16_t book = 0;
    std::uint16_t year = 0;
    std::uint16_t settled = 0;  // bit n: programme n ended long ago, its persons stay behind
    std::uint64_t carried = 0;  // events
};

// The last event of a book.
struct book_closed {
    event_header header;
    std::uint16_t book = 0;
};

struct programme_defined {
    event_header header;
    programme_number number = 0;
    std::shared_ptr<const programme> definition;
};

struct clinic_registered {
    event_header header;
    clinic_number number = 0;
    std::uint32_t code = 0;
    std::uint32_t region = 0;
    facility_kind kind = facility_kind::clinic;
    civil_day contract_from;
    civil_day contract_to;
    std::string name;
};

// verified: an operator imported it. Otherwise a clinic wrote a lot that nobody knows; it has a
// number so that its suspense account shows what was written.
struct lot_registered {
    event_header header;
    lot_number number = 0;
    programme_number programme = 0;
    lot_text lot;
    product_text product;
    civil_day expires;
    bool recalled = false;
    bool verified = false;
};

// An operator recalled an imported lot, or lifted its recall.
struct lot_recalled {
    event_header header;
    lot_number number = 0;
    bool recalled = true;
};

enum class movement : std::uint8_t { shipped, received };

// quantity doses of one account went from one place to the next; see stock.hpp for the postings. A
// shipment that an operator may send again has a key.
struct stock_moved {
    event_header header;
    movement kind = movement::shipped;
    clinic_number clinic = 0;
    lot_number lot = 0;
    core::funding funding = core::funding::national;
    std::int32_t quantity = 0;
    core::key_hash key{};  // zero: it has none
    core::fingerprint content{};
};

struct device_enrolled {
    event_header header;
    clinic_number clinic = 0;
    std::uint32_t device = 0;
    std::uint64_t code_id = 0;
    instant code_expires;
};

// A device, or all that a clinic has, no longer speaks for it. device 0: whatever was issued up to
// that time, enrolment codes too.
struct access_revoked {
    event_header header;
    clinic_number clinic = 0;
    std::uint32_t device = 0;
    instant issued_until;
};

struct dose_registered {
    event_header header;
    clinic_number clinic = 0;
    std::uint32_t device = 0;
    sequence previous_of_person = 0;  // the last event before this one of the same programme
    core::person_key person{};
    core::key_hash key{};
    core::fingerprint content{};
    core::sealed_person sealed{};
    user_code user;
    instant occurred_at;
    std::int32_t remaining = 0;  // of the programme at the clinic, after this dose
    lot_number lot = 0;
    programme_number programme = 0;
    std::uint16_t programme_version = 0;
    flag_set flags = 0;
    claim_state claim = claim_state::auto_ok;
    claim_state claim_alone = claim_state::auto_ok;     // but for other doses of the person
    claim_state claim_by_rules = claim_state::auto_ok;  // the same, whatever its vial was
    dose_source source = dose_source::on_hand;
    core::funding funding = core::funding::national;
    std::uint8_t dose_number = 1;           // of this person in this programme, from 1
    std::uint8_t exception = no_exception;  // index into the programme's exceptions
    std::uint8_t data_key = 0;
    std::uint8_t dose_ml_hundredths = 50;
    body_site site = body_site::none;
    core::route route = core::route::none;
    bool offline = false;
    bool confirmed = false;  // the clinic confirmed an expired or recalled lot
    bool extended = false;   // an extension_attached follows in the same batch
    bool evidence = false;   // with what proves the exception
};

// Sealed text of the registration just before it in the ledger.
struct extension_attached {
    event_header header;
    clinic_number clinic = 0;
    std::uint8_t data_key = 0;
    std::vector<std::byte> sealed;
};

// What every change of a registration says. A version is made by each: the registration is 1.
struct amendment {
    clinic_number clinic = 0;  // of the registration, whoever caused the change
    clinic_number acting = 0;  // who caused it: mostly the same; else a health centre
    sequence registration = 0;
    sequence previous_of_registration = 0;  // its change before this one, 0: none
    sequence previous_of_person = 0;        // as of a registration
    core::person_key person{};
    programme_number programme = 0;
    version_number version = 2;
    claim_state claim_before = claim_state::auto_ok;
    claim_state claim = claim_state::auto_ok;
};

// A registration was taken back: its entry is reversed in the account that it was made in. Says
// what is left of the person, so that a fold need not look for it.
struct dose_voided {
    event_header header;
    amendment change;
    std::uint32_t device = 0;
    user_code user;
    void_reason reason = void_reason::other;
    lot_number lot = 0;
    dose_source source = dose_source::on_hand;
    core::funding funding = core::funding::national;
    instant registered_at;
    civil_day last_day;                     // of the person's other doses, and
    clinic_number last_clinic = no_clinic;  // where; no_clinic: there are none
    std::int32_t remaining = 0;             // of the programme at the clinic, after this
};

// From where a dose was taken.
struct dose_origin {
    lot_number lot = 0;
    dose_source source = dose_source::on_hand;
    core::funding funding = core::funding::national;

    friend bool operator==(const dose_origin&, const dose_origin&) = default;
};

// A registration was corrected. Says all of it that can be, as it is from now on; where the dose
// has another origin, its entry is reversed there and made here.
struct dose_corrected {
    event_header header;
    amendment change;
    std::uint32_t device = 0;
    user_code user;
    correction_reason reason = correction_reason::none;
    core::fingerprint content{};
    dose_origin before;
    dose_origin after;
    instant occurred_at;
    std::uint16_t programme_version = 0;
    flag_set flags = 0;
    claim_state claim_alone = claim_state::auto_ok;
    claim_state claim_by_rules = claim_state::auto_ok;
    std::uint8_t dose_ml_hundredths = 50;
    body_site site = body_site::none;
    core::route route = core::route::none;
    bool confirmed = false;
    civil_day last_day;             // of all the person's doses that stand, and
    clinic_number last_clinic = 0;  // where
    std::int32_t remaining = 0;     // of the programme at the clinic, after this
};

// Another dose of the person was voided, and this one has taken its place.
struct dose_reevaluated {
    event_header header;
    amendment change;
    flag_set flags = 0;
};

// Somebody decided on the claim of a registration, or it was paid.
struct claim_decided {
    event_header header;
    amendment change;  // acting: no_clinic when an operator paid
    std::uint32_t device = 0;
    user_code user;
    claim_decision decision = claim_decision::accepted;
    claim_reason reason = claim_reason::none;
};

// Which account of which clinic.
struct account_name {
    clinic_number clinic = no_clinic;
    programme_number programme = 0;
    lot_number lot = 0;
    core::funding funding = core::funding::national;

    friend bool operator==(const account_name&, const account_name&) = default;
};

// A clinic's own movement or count, as it said it and as it was booked: stock.hpp has the entries.
struct stock_changed {
    event_header header;
    account_name own;
    account_name other;  // of sent the receiver's, of assigned the lot's; else no_clinic
    sequence previous_of_other = 0;  // of sent: the last event before this one that names it
    instant occurred_at;
    std::uint32_t device = 0;
    user_code user;
    core::key_hash key{};
    core::fingerprint content{};
    stock_action action = stock_action::confirmed;
    stock_reason reason = stock_reason::none;
    std::int32_t quantity = 0;    // what the clinic said
    std::int32_t moved = 0;       // counted: what on hand grew by; assigned: below 0 takes back
    std::int32_t difference = 0;  // confirmed: over what was on its way, below 0: short of it
    std::int32_t settled = 0;     // confirmed, counted: what the account's suspense grew by
    // After it: suspense of the own account, the others where the doses are or were on hand, and
    // of the own programme at the clinic what remains.
    std::int32_t on_hand = 0;
    std::int32_t in_transit = 0;
    std::int32_t suspense = 0;
    std::int32_t remaining = 0;
};

// What a book opens with, as the book before it left it. Programmes, clinics, lots, devices and
// revocations come as they came the first time.

// The doses that a clinic has of an account: from here on the nation had shipped just these.
struct stock_carried {
    event_header header;
    account_name of;
    std::int32_t on_hand = 0;
    std::int32_t in_transit = 0;
    std::int32_t suspense = 0;
    instant last_entry_at;
};

// What is known of a person in a programme. last_event is in an earlier book: the history goes on
// from there. 0: the person was imported, and the history begins here.
struct person_carried {
    event_header header;
    core::person_key person{};
    programme_number programme = 0;
    sequence last_event = 0;
    clinic_number last_clinic = 0;
    civil_day last_day;
    std::uint32_t doses = 0;    // that stand, and
    std::uint16_t payable = 0;  // of these
};

// An idempotency key of the last weeks, and the event that it named.
struct key_carried {
    event_header header;
    core::key_hash key{};
    sequence named = 0;
};

using event = std::variant<book_opened, programme_defined, clinic_registered, lot_registered,
                           stock_moved, device_enrolled, dose_registered, extension_attached,
                           dose_voided, dose_reevaluated, stock_changed, lot_recalled,
                           access_revoked, dose_corrected, book_closed, stock_carried,
                           person_carried, key_carried, claim_decided, day_reported>;

inline const event_header& header_of(const event& e) noexcept {
    return std::visit([](const auto& of) -> const event_header& { return of.header; }, e);
}

// The last event before this one that names that clinic. REQUIRES: this one names it.
sequence previous_of_clinic(const event& e, clinic_number clinic) noexcept;

const amendment* amendment_of(const event& e) noexcept;  // null: it changes no registration

dose_origin origin_of(const dose_registered& e) noexcept;

// Makes of a registration what that change of it says. REQUIRES: it is one, and the next one.
void amend(dose_registered& dose, const event& change) noexcept;

// Who looked at or wrote whose data, from where, when: the five items of the law, in a chain of
// their own. Holds live here alone: a check is no fact about a dose.
// exported: everybody's, by an operator at the console, for a reason that stands in the record.
// queried: the audit itself, by an auditor. revoked: a clinic's devices, by an operator. decided:
// on a claim, by a health centre; by an operator, that it was paid. book_...: at the console;
// subject is the book's number, of a destroyed one with the reason. imported: a file, at the
// console; subject is its last event, and what it was stands in the record. reported: on its day,
// by a clinic. brought_in: a programme, a clinic, a lot, its recall, a shipment, by an operator
// while the registry serves. operated: the running program, or what an operator did at the console
// beside it; act says what, and of a token or a certificate clinic and device say whose it is.
enum class audit_action : std::uint8_t {
    checked,
    registered,
    viewed,
    enrolled,
    exported,
    voided,
    moved,
    queried,
    revoked,
    corrected,
    book_closed,
    book_opened,
    book_destroyed,
    decided,
    imported,
    reported,
    brought_in,
    operated,
};
std::string_view name_of(audit_action a) noexcept;  // "CHECKED"
std::string_view name_of(operator_act a) noexcept;  // "mode read-only"; none: empty

struct audit_record {
    audit_action action = audit_action::checked;
    core::decision decision = core::decision::eligible;  // of a check
    instant at;
    actor by;
    core::person_key person{};
    programme_number programme = no_programme;
    std::uint16_t hold_seconds = 0;         // of a check that holds the person, else 0
    sequence subject = 0;                   // the ledger event that it is about, or 0
    operator_act act = operator_act::none;  // of operated
};

}  // namespace doseline::core
