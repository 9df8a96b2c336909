#pragma once

#include "core/event.hpp"
#include "core/limits.hpp"
#include "core/outcome.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace doseline::storage {

// The proof's own fold of the ledger. It shares no code with the registry's apply(): a mistake
// there cannot be made here in the same way. It knows only what must agree: balances by account and
// their sums by lot, region and programme; doses by person, by clinic, by region and programme.
//
// Thread safety: none; the prover's.
class fold {
public:
    struct account_key {
        core::clinic_number clinic = 0;
        core::lot_number lot = 0;
        core::programme_number programme = 0;
        core::funding funding = core::funding::national;
        friend bool operator==(const account_key&, const account_key&) = default;
    };
    struct balance {
        std::int32_t on_hand = 0;
        std::int32_t in_transit = 0;
        std::int32_t suspense = 0;
        friend bool operator==(const balance&, const balance&) = default;
    };
    struct lot_sums {
        std::int64_t shipped = 0;
        std::int64_t administered = 0;  // from stock on hand or suspense
        std::int64_t on_hand = 0;
        std::int64_t in_transit = 0;
        std::int64_t suspense = 0;
        std::int64_t wasted = 0;
        std::int64_t discrepancy = 0;  // short deliveries less those that were over
        std::int64_t adjusted = 0;     // what counts found to be less, less what they found more
        std::int64_t replaced = 0;     // from clinics' own stock
        // Doses that came and are nowhere; 0, or the ledger itself is wrong.
        std::int64_t lost() const noexcept {
            return shipped + replaced -
                   (administered + on_hand + in_transit + suspense + wasted + discrepancy +
                    adjusted);
        }
    };
    struct clinic_sums {
        std::uint32_t code = 0;
        std::uint32_t region_index = 0;  // regions in the order in which they first appear
        core::sequence last_event = 0;
        std::uint64_t doses = 0;                  // of all programmes, registered and not voided
        core::civil_day day;                      // on which the newest was recorded
        std::array<std::uint32_t, 24> by_hour{};  // of that day
    };
    // A person in a programme, by hash alone: the fold keeps no keys.
    struct person {
        std::uint64_t hash = 0;  // 0: free
        std::uint32_t doses = 0;
        std::uint16_t payable = 0;
        core::programme_number programme = 0;
    };
    static_assert(sizeof(person) == 16);

    // Of a book that begins behind that event.
    explicit fold(core::sequence before = 0) : before_(before), seq_(before) {}

    // REQUIRES: events in order, without a gap.
    void take(core::sequence seq, const core::event& e);

    core::sequence seq() const noexcept { return seq_; }
    bool closed() const noexcept { return closed_; }  // the book has ended
    // Registered, and not voided since.
    std::uint64_t registrations() const noexcept { return registrations_; }
    const std::vector<clinic_sums>& clinics() const noexcept { return clinics_; }
    const std::vector<lot_sums>& lots() const noexcept { return lots_; }
    balance balance_of(const account_key& key) const;
    std::span<const account_key> accounts_of(core::clinic_number clinic) const;
    std::size_t accounts() const noexcept { return balances_.size(); }
    std::span<const person> person_slots() const noexcept { return persons_; }
    std::size_t persons() const noexcept { return persons_used_; }
    person person_of_hash(std::uint64_t hash) const noexcept;  // of none: no doses
    struct dose_sums {
        std::uint64_t doses = 0;
        std::uint64_t not_payable = 0;
        friend bool operator==(const dose_sums&, const dose_sums&) = default;
    };
    dose_sums doses(std::uint32_t region_index, core::programme_number p) const noexcept;
    std::uint32_t regions() const noexcept { return static_cast<std::uint32_t>(regions_.size()); }
    core::programme_number programmes() const noexcept {
        return static_cast<core::programme_number>(rules_.size());
    }
    // On hand and in suspense.
    std::int64_t remaining_of_region(std::uint32_t region_index) const noexcept {
        return remaining_by_region_[region_index];
    }
    std::int64_t remaining(core::programme_number p) const noexcept {
        return remaining_by_programme_[p];
    }
    // All programmes have always had the same; else the hours of a clinic and of its region are
    // not of one day, and say nothing of each other.
    bool one_zone() const noexcept { return one_zone_; }
    // Persons with more payable doses than their programme gives, found on the way.
    std::uint64_t overpaid() const noexcept { return overpaid_; }

private:
    struct rules {
        std::uint8_t doses = 0;
        core::zone_offset zone{};
    };
    struct clock_hour {
        core::civil_day day;
        std::size_t hour = 0;
    };
    clock_hour hour_of(core::instant at, core::programme_number programme) const noexcept;
    void define(const core::programme_defined& e);
    void register_clinic(core::sequence seq, const core::clinic_registered& e);
    void register_dose(const core::dose_registered& e);
    void void_dose(const core::dose_voided& e);
    void correct_dose(const core::dose_corrected& e);
    void reevaluate_dose(const core::dose_reevaluated& e);
    void change_claim(const core::amendment& change);
    // So many doses given from there.
    void give(const core::amendment& of, const core::dose_origin& from, std::int32_t doses);
    void carry_person(const core::person_carried& e);
    void move_stock(const core::stock_moved& e);
    void change_stock(core::sequence seq, const core::stock_changed& e);
    void pay(person& p, core::programme_number programme, bool was, bool is);
    dose_sums& sums_of(core::clinic_number clinic, core::programme_number programme);
    person& person_of(const core::person_key& key, core::programme_number programme);
    void grow_persons();
    std::size_t slot_of(std::uint64_t hash) const noexcept;
    // Makes the account where there is none.
    void add(const account_key& key, const balance& change);

    struct key_hasher {
        std::size_t operator()(const account_key& k) const noexcept {
            std::uint64_t h = std::uint64_t{k.clinic} << 32 | k.lot;
            h ^= std::uint64_t{k.programme} << 24 ^ std::uint64_t(k.funding) << 56;
            return h * 0x9e3779b97f4a7c15ull ^ h >> 29;
        }
    };

    core::sequence before_;
    core::sequence seq_;
    bool closed_ = false;
    std::uint64_t registrations_ = 0;
    std::uint64_t overpaid_ = 0;
    std::vector<clinic_sums> clinics_;
    std::vector<std::vector<account_key>> accounts_by_clinic_;
    std::unordered_map<account_key, balance, key_hasher> balances_;
    std::vector<lot_sums> lots_{1};
    std::vector<core::programme_number> lot_programmes_{0};
    std::unordered_map<std::uint32_t, std::uint32_t> regions_;
    std::vector<std::vector<dose_sums>> doses_by_region_;  // region, then programme
    std::vector<rules> rules_;                             // by programme
    std::optional<core::zone_offset> zone_;                // of the first
    bool one_zone_ = true;
    std::vector<std::int64_t> remaining_by_region_;
    std::array<std::int64_t, core::limits::programmes_max> remaining_by_programme_{};
    std::vector<person> persons_{1'024};  // open addressing, a power of two
    std::size_t persons_used_ = 0;
};

}  // namespace doseline::storage
