#pragma once

#include "core/event.hpp"
#include "core/sharded_counter.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace doseline::core {

// Doses of a snapshot: rows of counters by region, see dose_totals.
class dose_counts {
public:
    explicit dose_counts(std::uint32_t regions);

    dose_counts& operator+=(const dose_counts& other);

    std::uint32_t regions() const noexcept;
    std::uint64_t doses(std::uint32_t region) const noexcept;  // over all programmes
    std::uint64_t doses(std::uint32_t region, programme_number p) const noexcept;
    std::uint64_t not_payable(std::uint32_t region, programme_number p) const noexcept;
    // Doses recorded in an hour of that day; 0 when the row's newest dose is of another day.
    std::uint64_t in_hour(std::uint32_t region, unsigned hour, civil_day day) const noexcept;

private:
    friend class dose_totals;
    std::vector<std::uint64_t> cells_;
};

// How many doses clinics were told of, by region and programme and by the hour of today, counted
// where the receipts are handed out. Never a source of truth: the proof holds it against the
// ledger. The last shard is the recovery's, for doses of earlier runs.
//
// Thread safety: count() and snapshot() of a shard by its owner.
class dose_totals {
public:
    explicit dose_totals(std::size_t reactors) : counters_(reactors + 1, cells) {}

    std::size_t reactors() const noexcept { return counters_.shards() - 1; }
    std::size_t recovery_shard() const noexcept { return reactors(); }

    struct dose {
        std::uint32_t region_index = 0;
        programme_number programme = 0;
        bool payable = true;
        civil_day day;      // of recording, in the programme's zone
        unsigned hour = 0;  // 0..23
    };
    void count(std::size_t shard, const dose& d) noexcept;

    // Takes back what some shard, whichever, has counted: cells may pass below 0, their sums do
    // not.
    void uncount(std::size_t shard, const dose& d) noexcept;

    // A dose that some shard has counted with the first claim has the second one now.
    void change_claim(std::size_t shard, std::uint32_t region_index, programme_number p,
                      claim_state before, claim_state after) noexcept;

    // REQUIRES: regions <= limits::regions_max.
    dose_counts snapshot(std::size_t shard, std::uint32_t regions) const;

    // All shards, by any thread: exact while nobody counts, as when no commit has come back for a
    // while; else some value between before and after.
    dose_counts settled(std::uint32_t regions) const;

private:
    friend class dose_counts;
    friend struct totals_poison;  // tests prove that the proof finds what is wrong

    // A region's row: 24 hours, the day that they are of (+1, 0: none yet), then two counters a
    // programme: doses, and those of them that are not payable.
    static constexpr std::size_t day_cell = 24;
    static constexpr std::size_t programme_cells = 25;
    static constexpr std::size_t row = programme_cells + 2 * std::size_t{limits::programmes_max};
    static constexpr std::size_t dose_cell(programme_number p) noexcept {
        return programme_cells + 2 * std::size_t{p};
    }
    static constexpr std::size_t not_payable_cell(programme_number p) noexcept {
        return dose_cell(p) + 1;
    }
    void add(std::size_t shard, const dose& d, int doses) noexcept;

    static constexpr std::size_t cells = row * limits::regions_max;

    sharded_counters counters_;
};

}  // namespace doseline::core
