#pragma once

#include "core/clinic_days.hpp"

#include <array>
#include <atomic>
#include <memory>

namespace doseline::core {

// Over all clinics: on how many a day was begun, and how many of these have closed it.
struct day_ends {
    std::uint64_t begun = 0;
    std::uint64_t closed = 0;

    friend bool operator==(const day_ends&, const day_ends&) = default;
};

// The last days of all clinics as they may be read. Part of what is published.
//
// Thread safety: put() by one thread; the others by any, and they never wait.
// Invariant: a day that is read is as it was put; one that was never put, or gave way to a day
// limits::days_kept later, is as nothing.
class day_board {
public:
    day_board();
    ~day_board();

    clinic_day read(clinic_number n, civil_day day) const noexcept;
    // Over the clinics of a region: the sum of what they have left() of that day.
    std::uint64_t unsent_of_region(std::uint32_t region_index, civil_day day) const noexcept;

    // Two counters that are read one after the other: while the day changes, some value between.
    day_ends ends(civil_day day) const noexcept;

    // REQUIRES: day is among the last limits::days_kept up to the newest one that was put.
    void put(clinic_number n, std::uint32_t region_index, civil_day day, const clinic_day& what);

private:
    struct slot;

    static void turn(slot& s, civil_day day) noexcept;

    std::unique_ptr<slot[]> slots_;
};

}  // namespace doseline::core
