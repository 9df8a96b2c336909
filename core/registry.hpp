#pragma once

#include "core/clinic_days.hpp"
#include "core/hold_table.hpp"
#include "core/key_table.hpp"
#include "core/outcome.hpp"
#include "core/person_table.hpp"
#include "core/published.hpp"
#include "core/revocations.hpp"
#include "core/stock.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace doseline::core {

// When a command is decided. recorded_at never goes back; steady is for holds alone.
struct moment {
    instant recorded_at;
    steady_ms steady = 0;
};

// What a decision adds to the two streams. Reused from command to command.
struct decided {
    std::vector<event> events;
    std::vector<audit_record> audit;

    void clear() {
        events.clear();
        audit.clear();
    }
};

// One account of a clinic. Suspense is of the same lot: doses given that no delivery explains.
struct account {
    programme_number programme = 0;
    core::funding funding = core::funding::national;
    lot_number lot = 0;
    std::int32_t on_hand = 0;
    std::int32_t in_transit = 0;
    std::int32_t suspense = 0;
    instant last_entry_at;
};

// An entry in it; places that are not an account's leave it as it is.
void enter(account& a, place where, std::int32_t quantity) noexcept;

struct lot_state {
    programme_number programme = 0;
    lot_text lot;
    product_text product;
    civil_day expires;
    bool recalled = false;
    bool verified = false;
    balances nation;  // of this lot over all clinics
};

struct clinic_state {
    std::uint32_t code = 0;
    std::uint32_t region = 0;
    std::uint32_t region_index = 0;
    facility_kind kind = facility_kind::clinic;
    civil_day contract_from;
    civil_day contract_to;
    sequence last_event = 0;
    std::uint32_t holds = 0;
    std::vector<account> accounts;
    // Doses of all programmes by the hour of recording, of the day that day names.
    std::uint64_t doses = 0;
    civil_day day;
    std::array<std::uint32_t, 24> by_hour{};
};

// The book that is being written.
struct book_state {
    std::uint16_t number = 0;  // 0: none has been opened
    std::uint16_t year = 0;
    std::uint16_t settled = 0;  // as book_opened
    bool closed = false;        // nothing more happens in it
    sequence opened = 0;        // what stands before this event is in a closed book
};

// An enrolment code that was exchanged.
struct used_code {
    clinic_number clinic = 0;
    std::uint32_t device = 0;
    instant expires;
};

// The whole state: a pure fold of the ledger. decide() says what a command makes happen and
// changes nothing; apply() takes what has happened and never decides.
//
// Thread safety: none; the committer's alone. What others may read is published.
// Invariants:
//   1. State is a function of the events applied, in their order; holds also of the audit records
//      of the last limits::hold_time.
//   2. Each lot's balances sum to zero, and its on_hand, in_transit and suspense are the sums of
//      those of the clinics' accounts. On hand and in transit are never below zero. Suspense is,
//      unless a dose was voided that had been settled.
//   3. Every event that names a clinic is linked to the one before, every registration and change
//      of one to the person's last in that programme.
class registry {
public:
    registry();
    ~registry();
    registry(const registry&) = delete;
    registry& operator=(const registry&) = delete;

    // What happens by this command, appended to into, with the answer. next is the sequence number
    // that the first event will get. A refusal leaves into as it was. The answer may be told only
    // when the events are durable, and apply() must see them before the next decide().
    outcome decide(const command& c, const moment& now, sequence next, decided& into) const;

    // REQUIRES: events in the order of their sequence numbers, without a gap.
    void apply(const event& e, sequence seq);

    // REQUIRES: steady is not before that of any record applied so far.
    void apply(const audit_record& a, steady_ms steady);

    // On start, after all events: a record of the last hold_time, made at that steady time. A hold
    // that a registration ended meanwhile stays ended.
    void restore_hold(const audit_record& a, steady_ms steady);

    // Ends holds that have expired; a bounded piece of work, to be called often.
    void expire_holds(steady_ms now);

    // Brings processor lines nearer that decide() or apply() will need. No effect on state.
    void prefetch(const command& c) const noexcept;
    // Of an event in steps, some events apart: each finds near what the one before has asked for.
    enum class prefetch_step : std::uint8_t { first, second, third };
    void prefetch(const event& e, prefetch_step step) const noexcept;

    // Before a replay of so many events: room in the tables that grow with them. No effect on
    // state.
    void reserve(std::size_t events);

    // What changed since the last call goes to those who may read it.
    void publish(published& to, sequence seq, instant as_of);

    // For totals, the proof, and the next book.
    const book_state& book() const noexcept { return book_; }
    const std::vector<clinic_state>& clinics() const noexcept { return clinics_; }
    const std::vector<lot_state>& lots() const noexcept { return lots_; }
    const person_table& persons() const noexcept { return persons_; }
    const key_table& keys() const noexcept { return keys_; }
    const programme_list& programmes() const noexcept { return programmes_; }
    const std::unordered_map<std::uint64_t, used_code>& codes_used() const noexcept {
        return codes_used_;
    }
    const revocations& revoked() const noexcept { return revoked_; }
    std::size_t holds() const noexcept { return holds_.size(); }
    std::uint32_t regions() const noexcept { return static_cast<std::uint32_t>(regions_.size()); }
    std::int64_t remaining_of_region(std::uint32_t region_index) const noexcept {
        return remaining_by_region_[region_index];
    }
    std::int64_t remaining(clinic_number clinic) const noexcept;  // of all programmes

private:
    friend struct registry_poison;  // tests prove that the proof finds what is wrong

    // From which account a dose is taken.
    struct lot_choice {
        lot_number lot = 0;
        core::funding funding = core::funding::national;
        bool known = true;  // false: the text names no lot that an operator imported
        bool on_hand = false;
    };

    // What rules and history say of a dose that was given, whatever its vial.
    struct dose_judgement {
        flag_set flags = 0;
        claim_state claim = claim_state::auto_ok;  // but for other doses
        core::funding funding = core::funding::national;
    };

    outcome decide_on(const check_eligibility& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const register_dose& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const enroll_device& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const revoke_access& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const view_registration& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const list_registrations& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const void_registration& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const correct_registration& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const decide_claim& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const pay_claim& c, const moment& now, sequence, decided&) const;
    outcome settle_claim(const person_history& all, const registration_history& r, const actor& by,
                         claim_decision how, claim_reason why, const moment& now, sequence next,
                         decided& into) const;
    outcome decide_on(const query_audit& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const move_stock& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const list_movements& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const report_day& c, const moment& now, sequence, decided&) const;
    // Which accounts a movement means; what is booked in them. A refusal, or nothing.
    std::optional<refusal> choose_accounts(const move_stock& c, stock_changed& e) const;
    std::optional<refusal> choose_held(const move_stock& c, stock_changed& e) const;
    std::optional<refusal> choose_suspense(const move_stock& c, stock_changed& e) const;
    std::optional<refusal> choose_receiver(const move_stock& c, stock_changed& e) const;
    std::optional<refusal> book(const move_stock& c, stock_changed& e) const;
    // Of that text, which may be empty, and product, if it is named.
    std::vector<lot_number> lots_named(const lot_text& lot, const product_text& product) const;
    account account_of(const account_name& name) const noexcept;  // empty where there is none
    bool has_room_for(const account_name& name) const noexcept;
    outcome decide_on(const count_totals& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const prove&, const moment&, sequence, decided&) const { return accepted{}; }
    outcome decide_on(const define_programme& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const register_clinic& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const register_lot& c, const moment& now, sequence, decided&) const;
    outcome change_recall(const register_lot& c, programme_number programme, lot_number known,
                          const moment& now, sequence next, decided& into) const;
    outcome decide_on(const ship_doses& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const import_person& c, const moment& now, sequence, decided&) const;
    outcome decide_on(const note_act& c, const moment& now, sequence, decided&) const;

    // What stands in the way: the history is missing, is out of date by now, or cannot be had.
    std::optional<outcome> lacking(const shared_history& history, sequence registration) const;
    // The registration of that number, when it is the clinic's own or of one that it looks after;
    // else null: another clinic's is no more to be found than one that is not there.
    const registration_history* within_reach(const person_history& all, sequence seq,
                                             clinic_number asking) const noexcept;
    bool may_act_for(clinic_number clinic, clinic_number of) const noexcept {
        return clinic == of || looks_after(clinics_[clinic], clinics_[of]);
    }
    amendment next_change(const person_history& of, const registration_history& r,
                          clinic_number acting, claim_state claim) const noexcept;
    // What a correction says, put into the dose: a refusal, or nothing.
    std::optional<refusal> rejudge_time(const correct_registration& c, const person_history& all,
                                        const registration_history& r, const moment& now,
                                        dose_registered& dose) const;
    std::optional<refusal> rejudge_vial(const correct_registration& c, bool new_time,
                                        const moment& now, dose_registered& dose,
                                        decided& into) const;
    // The dose that becomes the person's payable one when that one is voided, or null.
    const registration_history* successor_of(const registration_history& voided,
                                             const person_history& all) const noexcept;

    programme_number choose_programme(programme_number asked, instant at) const noexcept;
    programme_number programme_coded(std::string_view code) const noexcept;  // or no_programme
    // The exception that a registration names, null: none, and whether its proof came with it.
    struct exception_claimed {
        const exception_kind* kind = nullptr;
        bool evidence = false;
    };
    static dose_judgement judge(civil_day birth, const programme& p, civil_day day,
                                civil_day recorded, const clinic_state& clinic,
                                const exception_claimed& exception, const dose_history& before);
    // Of a dose that the rules have judged: flags, claim and source by that vial. A refusal, or
    // nothing.
    std::optional<refusal> judge_vial(const register_dose& c, const lot_choice& vial, civil_day day,
                                      dose_registered& e) const;
    // The same, and takes it: lot and funding, the lot made where it has no number yet.
    std::optional<refusal> take_vial(const register_dose& c, const lot_choice& vial, civil_day day,
                                     const moment& now, dose_registered& e, decided& into) const;
    lot_number suspense_lot(const register_dose& c, programme_number programme,
                            const lot_choice& vial, const moment& now, decided& into) const;
    static std::string lot_key(const lot_text& lot);  // lots are compared without case
    lot_choice choose_lot(const register_dose& c, programme_number programme, civil_day day,
                          core::funding funding) const;
    lot_number find_lot(const lot_text& lot, const product_text& product,
                        programme_number programme) const;
    std::int32_t remaining(clinic_number clinic, programme_number programme) const noexcept;
    // The clinic's account by position; accounts.size() where there is none yet.
    std::size_t find_account(const account_name& name) const noexcept;
    event_header header_for(clinic_number clinic, const moment& now) const noexcept;

    void apply_to(const book_opened& e, sequence seq);
    void apply_to(const book_closed&, sequence) { book_.closed = true; }
    void apply_to(const stock_carried& e, sequence seq);
    void apply_to(const person_carried& e, sequence seq);
    void apply_to(const key_carried& e, sequence) { keys_.insert(e.key, e.named); }
    void apply_to(const programme_defined& e, sequence seq);
    void apply_to(const clinic_registered& e, sequence seq);
    void apply_to(const lot_registered& e, sequence seq);
    void apply_to(const lot_recalled& e, sequence seq);
    void apply_to(const stock_moved& e, sequence seq);
    void apply_to(const device_enrolled& e, sequence seq);
    void apply_to(const access_revoked& e, sequence seq);
    void apply_to(const dose_registered& e, sequence seq);
    void apply_to(const extension_attached& e, sequence seq);
    void apply_to(const dose_voided& e, sequence seq);
    void apply_to(const dose_corrected& e, sequence seq);
    void apply_to(const dose_reevaluated& e, sequence seq);
    void apply_to(const claim_decided& e, sequence seq);
    void apply_to(const stock_changed& e, sequence seq);
    void apply_to(const day_reported& e, sequence seq);

    // REQUIRES: both are of one lot.
    void post(const account_name& from, const account_name& to, const posting& p, instant at);
    void enter_in(const account_name& name, place where, std::int32_t quantity, instant at);
    void touch(clinic_number clinic, sequence seq);
    // What the clinic did, for the day on which it did it.
    void enter_day(clinic_number clinic, instant occurred_at, instant recorded_at, bool is_shot);
    void end_hold(const person_key& person, programme_number programme);

    book_state book_;
    programme_list programmes_;
    std::vector<clinic_state> clinics_;
    std::unordered_map<std::uint32_t, clinic_number> clinic_by_code_;
    std::unordered_map<std::uint32_t, std::uint32_t> regions_;  // code to dense index
    std::vector<lot_state> lots_;
    std::unordered_map<std::string, std::vector<lot_number>> lots_by_text_;
    person_table persons_;
    key_table keys_;
    hold_table holds_;
    std::unordered_map<std::uint64_t, used_code> codes_used_;
    revocations revoked_;
    clinic_days days_;
    std::array<std::int64_t, limits::programmes_max> remaining_by_programme_{};
    std::array<std::int64_t, limits::regions_max> remaining_by_region_{};

    // Not yet published.
    std::vector<clinic_number> touched_;
    std::vector<bool> is_touched_;
    std::vector<std::string> names_unpublished_;
    std::vector<access_revoked> revocations_unpublished_;
    std::size_t clinics_published_ = 0;
    std::size_t lots_published_ = 1;
    std::vector<lot_number> recalls_unpublished_;
    std::vector<stock_row> rows_;  // scratch of publish()
    bool programmes_changed_ = false;
};

}  // namespace doseline::core
