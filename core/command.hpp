#pragma once

#include "core/civil_time.hpp"
#include "core/claim.hpp"
#include "core/fixed_string.hpp"
#include "core/identity.hpp"
#include "core/limits.hpp"
#include "core/programme.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

// What can be asked of the registry. A command crosses from a reactor to the committer by value;
// the common ones own no heap memory. Personal data arrive sealed: the registry never sees digits
// or names, only the keyed hash of a person.
namespace doseline::core {

using clinic_number = std::uint32_t;     // dense, given in the order of registration, from 0
using lot_number = std::uint32_t;        // dense from 1; 0 means "no lot known"
using programme_number = std::uint16_t;  // dense, from 0
using sequence = std::uint64_t;          // of a ledger event, from 1; 0 means none

inline constexpr programme_number no_programme = 0xffff;
inline constexpr std::uint8_t no_exception = 0xff;

using lot_text = fixed_string<limits::lot_bytes_max>;
using product_text = fixed_string<limits::product_bytes_max>;
using user_code = fixed_string<limits::user_code_bytes_max>;
using exception_text = fixed_string<limits::exception_code_bytes_max>;
using network_address = std::array<std::byte, 16>;  // IPv6, IPv4 mapped

// Who asks: the clinic and its device from the token, the person at the keyboard, the source.
struct actor {
    clinic_number clinic = 0;
    std::uint32_t device = 0;
    user_code user;
    network_address address{};
};

// May this person have a shot here and now? Holds the person for the clinic when yes.
struct check_eligibility {
    actor by;
    core::person_key person{};
    civil_day birth;
    programme_number programme = no_programme;
    exception_text exception;
};

enum class body_site : std::uint8_t { none, left_arm, right_arm, left_thigh, right_thigh };
enum class route : std::uint8_t { none, intramuscular, subcutaneous };

// Bits of register_dose::confirmed.
inline constexpr std::uint8_t confirm_expired = 1;
inline constexpr std::uint8_t confirm_recalled = 2;

// A shot was given. Recorded whatever stock, phase, duplicate or lateness say.
struct register_dose {
    actor by;
    core::person_key person{};
    core::key_hash key{};
    core::fingerprint content{};
    core::sealed_person sealed{};
    civil_day birth;
    programme_number programme = no_programme;
    std::optional<instant> occurred_at;
    std::optional<core::funding> funding;
    lot_text lot;
    product_text product;
    exception_text exception;
    std::uint8_t data_key = 0;
    std::uint8_t confirmed = 0;
    std::uint8_t dose_ml_hundredths = 50;
    body_site site = body_site::none;
    core::route route = core::route::none;
    bool offline = false;
    bool in_batch = false;  // among other rows: nobody is there to be asked
    bool evidence = false;  // what proves the exception is in the extension
    // Sealed name and evidence where they do not fit into the record itself.
    std::unique_ptr<std::vector<std::byte>> extension;
};

// An enrolment code is exchanged for a device token. The code was verified by its signature; that
// it is used once is decided here.
struct enroll_device {
    actor by;  // device is the new device's number
    std::uint64_t code_id = 0;
    instant code_expires;
};

// An operator takes a device's right to speak for its clinic; device 0: of all that it has by now.
struct revoke_access {
    clinic_number clinic = 0;
    std::uint32_t device = 0;
    network_address address{};  // the operator's
};

// What the ledger holds of a person: read on the way, because the registry itself keeps only where
// it ends. A command that needs it sets out without; decide() says which is wanted, and checks
// again when it comes that nothing has happened since.
struct person_history;  // core/person_history.hpp
using shared_history = std::shared_ptr<const person_history>;

// Which version of a registration the clinic has seen, from If-Match.
using version_number = std::uint16_t;
inline constexpr version_number any_version = 0;

// Someone reads one registration: audited before it is shown.
struct view_registration {
    actor by;
    sequence seq = 0;
    version_number version = any_version;
    shared_history history;
};

// A clinic looks through its registrations, or a health centre through those of a clinic in its
// region, newest first: those before that number, and of that day's shots.
struct registration_page;  // core/registration_page.hpp
struct list_registrations {
    actor by;
    std::optional<clinic_number> clinic;  // nothing: its own
    sequence before = 0;                  // 0: from the newest on
    std::optional<civil_day> day;
    std::optional<claim_state> claim;               // that they have now
    std::shared_ptr<const registration_page> page;  // comes on the way, as a history does
};

enum class void_reason : std::uint8_t { wrong_person, not_given, double_entry, other };

// A clinic takes one of its registrations back, for good; a health centre one of its region's.
struct void_registration {
    actor by;
    sequence seq = 0;
    version_number version = any_version;
    void_reason reason = void_reason::other;
    shared_history history;
};

enum class correction_reason : std::uint8_t { none, mistyped, wrong_vial, found_later, other };

// What a clinic, or the health centre of its region, says was otherwise than it was registered.
// What is nothing, none, empty or 0 stays.
struct correct_registration {
    actor by;
    sequence seq = 0;
    version_number version = any_version;
    correction_reason reason = correction_reason::none;
    core::fingerprint content{};
    lot_text lot;
    product_text product;
    std::optional<core::funding> funding;
    std::optional<instant> occurred_at;
    // With occurred_at: who it was, to be judged again. The registry keeps no birth dates.
    std::optional<core::person_key> person;
    civil_day birth;
    body_site site = body_site::none;
    core::route route = core::route::none;
    std::uint8_t dose_ml_hundredths = 0;
    std::uint8_t confirmed = 0;
    shared_history history;
};

// A health centre decides on the claim of a clinic in its region: never paid, which is not its to
// say. REQUIRES: the reason is one for that decision.
struct decide_claim {
    actor by;
    sequence seq = 0;
    version_number version = any_version;
    claim_decision decision = claim_decision::accepted;
    claim_reason reason = claim_reason::other;
    shared_history history;
};

// An operator says that a registration has been paid for.
struct pay_claim {
    sequence seq = 0;
    network_address address{};  // the operator's
    shared_history history;
};

// Which records of the audit: all that is said of them must hold.
struct audit_filter {
    std::uint64_t after = 0;  // the record's number is higher
    std::optional<clinic_number> clinic;
    std::function<bool(const core::person_key&)> whose;  // called on the reader's thread
    std::optional<instant> from;                         // at that time or later
    std::optional<instant> to;                           // before it
};

// An auditor asks who looked at or wrote whose data, and leaves a record, too.
struct audit_page;  // core/audit_page.hpp
struct query_audit {
    network_address address{};
    core::person_key person{};  // asked for by number; else nobody
    audit_filter filter;
    std::shared_ptr<const audit_page> page;  // comes on the way
};

// What a clinic does with its stock. sent goes to any clinic, sent_back to a health centre; both
// are on their way until they are confirmed there. assigned says of which lot doses were that
// stand in suspense. replaced makes good, from what the clinic bought itself, programme vaccine
// that it must answer for, as what it gave before the season began.
enum class stock_action : std::uint8_t {
    confirmed,
    wasted,
    sent_back,
    sent,
    counted,
    assigned,
    replaced
};

enum class stock_reason : std::uint8_t {
    none,
    expired,
    fridge_failure,
    power_cut,
    breakage,
    contamination,
    cold_chain,
    recall,
    lost,
    miscount,
    short_delivery,
    other
};

// A clinic's own movement of doses, or a count of them.
struct move_stock {
    actor by;
    core::key_hash key{};
    core::fingerprint content{};
    stock_action action = stock_action::confirmed;
    stock_reason reason = stock_reason::none;
    lot_text lot;  // of assigned: as it stands in suspense, empty where no lot was known
    product_text product;
    std::optional<core::funding> funding;
    std::optional<instant> occurred_at;
    std::int32_t quantity = 0;  // 0..limits::shipment_doses_max
    std::uint32_t to = 0;       // of sent and sent_back: code of the clinic that it goes to
    lot_text to_lot;            // of assigned: the lot that it was
    product_text to_product;
};

// A clinic looks through the movements of its stock, or a health centre through those of a clinic
// in its region, newest first, as through registrations. The reader answers it.
struct list_movements {
    actor by;
    std::optional<clinic_number> clinic;  // nothing: its own
    sequence before = 0;                  // 0: from the newest on
    std::optional<civil_day> day;
};

// A clinic reports that a day is over but for so many rows that it has yet to send. It may say so
// again: what it said last counts.
struct report_day {
    actor by;
    std::optional<civil_day> day;  // nothing: today
    std::uint16_t unsent = 0;      // 0..limits::day_unsent_max
};

// The doses told to clinics, exact at a sequence number.
struct count_totals {
    actor by;
};

// A round of the proof that begins after this.
struct prove {};

// Operator's commands: from import, at the console, which leaves one audit record for all of them;
// or of one who asks while the registry serves, from that address: each leaves its own.
using operators_address = std::optional<network_address>;

struct define_programme {
    std::shared_ptr<const programme> definition;
    operators_address from{};
};

struct register_clinic {
    std::uint32_t code = 0;    // 8 digits
    std::uint32_t region = 0;  // 5 digits
    facility_kind kind = facility_kind::clinic;
    std::string name;
    civil_day contract_from;
    civil_day contract_to;
    operators_address from{};
};

// A new lot; or one that is there, when nothing but recalled differs: its recall, or the end of it.
struct register_lot {
    std::string programme;
    lot_text lot;
    product_text product;
    civil_day expires;
    bool recalled = false;
    operators_address from{};
};

struct ship_doses {
    std::uint32_t clinic_code = 0;
    lot_text lot;
    product_text product;
    core::funding funding = core::funding::national;
    std::int32_t quantity = 0;
    bool received = false;  // the clinic has confirmed it, in full
    core::key_hash key{};   // of one that may come again; zero: it has none
    core::fingerprint content{};
    operators_address from{};
};

// What an operator did, for the audit alone. To the running program: it is done by now, and should
// the process end before the record is durable, nothing is left of it. At the console, beside a
// server or not: from device_token on.
enum class operator_act : std::uint8_t {
    none,
    mode_normal,
    mode_register_only,
    mode_read_only,
    drain,
    reload,
    backup,
    device_token,        // issued to a clinic
    device_certificate,  // likewise
    export_,             // of doses, without personal data
    data_key,            // a new one
    master_key,          // a new one
};

struct note_act {
    operator_act act = operator_act::none;
    network_address address{};
};

// A person who had doses of a programme before this registry knew them: elsewhere, or on paper.
// They count as any others do, against what may still be given and paid; nothing here is about
// them.
struct import_person {
    core::person_key person{};
    std::string programme;
    std::uint32_t clinic_code = 0;  // where the last dose was given
    civil_day last_day;
    std::uint8_t doses = 1;
};

using command =
    std::variant<check_eligibility, register_dose, enroll_device, revoke_access, view_registration,
                 list_registrations, void_registration, correct_registration, move_stock,
                 list_movements, query_audit, count_totals, prove, define_programme,
                 register_clinic, register_lot, ship_doses, decide_claim, pay_claim, import_person,
                 report_day, note_act>;

}  // namespace doseline::core
