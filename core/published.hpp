#pragma once

#include "core/day_board.hpp"
#include "core/event.hpp"
#include "core/revocations.hpp"
#include "core/shortage.hpp"
#include "core/stable_vector.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <vector>

// What reactors may read without asking the committer. Everything here was durable before it could
// be seen, so stock, totals and status are served even while a commit hangs on a bad disk.
namespace doseline::core {

enum class mode : std::uint8_t { normal, register_only, read_only };
std::string_view name_of(mode m) noexcept;  // "normal", "register-only", "read-only"

// One account of a clinic as served. Equal lots of different funding are different accounts.
struct stock_row {
    lot_number lot = 0;
    core::funding funding = core::funding::national;
    std::int32_t on_hand = 0;
    std::int32_t in_transit = 0;
    std::int32_t suspense = 0;  // negative: doses given that no delivery explains yet
    instant last_entry_at;

    friend bool operator==(const stock_row&, const stock_row&) = default;
};

// A clinic's doses of all programmes, and those of one day by the hour of recording.
struct clinic_tally {
    std::uint64_t doses = 0;
    std::int64_t remaining = 0;  // on hand + suspense
    civil_day day;
    std::array<std::uint32_t, 24> by_hour{};

    friend bool operator==(const clinic_tally&, const clinic_tally&) = default;
};

struct clinic_card {
    clinic_number number = 0;
    std::uint32_t code = 0;
    std::uint32_t region = 0;
    std::uint32_t region_index = 0;  // dense, < limits::regions_max
    facility_kind kind = facility_kind::clinic;
    std::string name;
    clinic_number older_in_region = no_clinic;  // the one before it there; set when published
};

struct lot_card {
    lot_number number = 0;
    programme_number programme = 0;
    lot_text lot;
    product_text product;
    civil_day expires;
    bool verified = false;
};

using programme_list = std::vector<std::shared_ptr<const programme>>;

// Thread safety: the members under "the committer's thread" by that one thread; all others by any.
// Invariants:
//   1. A clinic's rows are those after the ledger event seq that read_stock() names, complete.
//   2. seq() never falls, and nothing above it can be seen anywhere here.
class published {
public:
    published();
    ~published();

    // Any thread ---------------------------------------------------------------------------------
    std::optional<clinic_number> find_clinic(std::uint32_t code) const noexcept;
    std::size_t clinics() const noexcept { return cards_.size(); }
    const clinic_card& clinic(clinic_number n) const noexcept { return cards_[n]; }
    std::size_t lots() const noexcept { return lots_.size(); }
    const lot_card& lot(lot_number n) const noexcept { return lots_[n]; }  // lot(0): no lot
    bool recalled(lot_number n) const noexcept {
        return recalled_[n].load(std::memory_order_relaxed);  // a mark, orders nothing
    }

    // The rows of a clinic and the sequence number of the last event that touched it. Lock-free;
    // tries again while the committer is writing this clinic.
    sequence read_stock(clinic_number n, std::vector<stock_row>& into) const;

    // As read_stock.
    sequence read_tally(clinic_number n, clinic_tally& into) const;

    // A day of a clinic: of one that is not kept (any more) there is nothing.
    clinic_day read_day(clinic_number n, civil_day day) const noexcept {
        return days_.read(n, day);
    }
    std::uint64_t unsent_of_region(std::uint32_t region_index, civil_day day) const noexcept {
        return days_.unsent_of_region(region_index, day);
    }

    // As above, over the whole nation.
    day_ends ends_of(civil_day day) const noexcept { return days_.ends(day); }

    // All clinics of a region: from this one on by older_in_region, to no_clinic.
    clinic_number newest_in_region(std::uint32_t region_index) const noexcept {
        return newest_in_region_[region_index].load(std::memory_order_acquire);  // its card, too
    }

    // All programmes by number, in their newest version; lives as long as this object.
    const programme_list& programmes() const noexcept {
        return *programmes_.load(std::memory_order_acquire);  // pairs with publish_programme
    }

    // Of a credential that is what it says.
    bool revoked(clinic_number clinic, std::uint32_t device, instant issued_at) const noexcept {
        return revoked_.has(clinic, device, issued_at);
    }

    sequence seq() const noexcept { return seq_.load(std::memory_order_acquire); }
    instant as_of() const noexcept;
    // Of one programme in the whole nation: on hand + suspense.
    std::int64_t remaining(programme_number p) const noexcept {
        return remaining_[p].load(std::memory_order_relaxed);  // a figure, orders nothing
    }

    // Of all programmes in a region.
    std::int64_t remaining_of_region(std::uint32_t region_index) const noexcept {
        return remaining_of_region_[region_index].load(std::memory_order_relaxed);  // as above
    }

    // What an operator set; and what is in force: read_only also while room is short or a
    // commit has not come back within limits::commit_stalled_after.
    mode operator_mode() const noexcept { return operator_mode_.load(std::memory_order_relaxed); }
    void set_operator_mode(mode m) noexcept { operator_mode_.store(m, std::memory_order_relaxed); }
    mode mode_at(std::chrono::steady_clock::time_point now) const noexcept;
    // Commands that the committer has in hand.
    std::uint64_t waiting() const noexcept { return waiting_.load(std::memory_order_relaxed); }
    bool disk_low() const noexcept { return short_of() == shortage::disk; }
    shortage short_of() const noexcept { return short_of_.load(std::memory_order_relaxed); }
    bool commit_stalled(std::chrono::steady_clock::time_point now) const noexcept;

    // The committer's thread ---------------------------------------------------------------------
    void publish_clinic(clinic_card card);
    void publish_lot(lot_card card);
    void publish_recall(lot_number n, bool recalled) noexcept {
        recalled_[n].store(recalled, std::memory_order_relaxed);  // as recalled()
    }
    void publish_revocation(clinic_number clinic, std::uint32_t device, instant at) noexcept {
        revoked_.add(clinic, device, at);
    }
    void publish_programme(programme_number n, std::shared_ptr<const programme> p);
    void publish_stock(clinic_number n, std::span<const stock_row> rows, sequence seq);
    void publish_tally(clinic_number n, const clinic_tally& tally, sequence seq);
    void publish_day(clinic_number n, civil_day day, const clinic_day& what) {
        days_.put(n, cards_[n].region_index, day, what);
    }
    void publish_remaining_of_region(std::uint32_t region_index, std::int64_t doses) noexcept {
        remaining_of_region_[region_index].store(doses, std::memory_order_relaxed);  // as below
    }
    void publish_remaining(programme_number p, std::int64_t doses) noexcept {
        remaining_[p].store(doses, std::memory_order_relaxed);  // a figure, orders nothing
    }
    void publish_seq(sequence seq, instant as_of) noexcept;
    void publish_shortage(shortage s) noexcept { short_of_.store(s, std::memory_order_relaxed); }
    void publish_waiting(std::uint64_t commands) noexcept {
        waiting_.store(commands, std::memory_order_relaxed);  // a figure
    }
    void commit_begins(std::chrono::steady_clock::time_point now) noexcept;
    void commit_ends() noexcept;

private:
    struct stock_slot;
    struct tally_slot;

    static constexpr std::size_t segment = 1'024;
    template <class T, std::size_t Max>
    using table = stable_vector<T, segment, (Max + segment - 1) / segment>;

    // Codes to numbers: open addressing, twice as many slots as clinics at least, a slot is
    // written once: code in the upper half, number + 1 in the lower, 0 is free.
    static constexpr std::size_t directory_slots = 1u << 21;
    static_assert(directory_slots >= 2 * std::size_t{limits::clinics_max});
    std::unique_ptr<std::atomic<std::uint64_t>[]> directory_;
    table<clinic_card, limits::clinics_max> cards_;
    table<stock_slot, limits::clinics_max> stock_;
    table<tally_slot, limits::clinics_max> tallies_;
    day_board days_;
    std::array<std::atomic<clinic_number>, limits::regions_max> newest_in_region_;
    table<lot_card, limits::lots_max> lots_;
    std::unique_ptr<std::atomic<bool>[]> recalled_;                        // by lot
    std::vector<std::unique_ptr<std::atomic<std::uint64_t>[]>> outgrown_;  // readers may be inside

    revocations revoked_;
    std::atomic<const programme_list*> programmes_;
    std::vector<std::unique_ptr<const programme_list>> programme_lists_;  // all that ever were

    std::atomic<sequence> seq_{0};
    std::atomic<std::int64_t> as_of_ms_{0};
    std::array<std::atomic<std::int64_t>, limits::programmes_max> remaining_{};
    std::array<std::atomic<std::int64_t>, limits::regions_max> remaining_of_region_{};
    std::atomic<mode> operator_mode_{mode::normal};
    std::atomic<shortage> short_of_{shortage::none};
    std::atomic<std::uint64_t> waiting_{0};
    std::atomic<std::int64_t> commit_began_ns_{0};  // steady clock, 0: none under way
};

}  // namespace doseline::core
