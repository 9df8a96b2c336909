#pragma once

#include "core/clinic_days.hpp"

#include <array>
#include <atomic>
#include <memory>

namespace doseline::core {

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

    // REQUIRES: day is among the last limits::days_kept up to the newest one that was put.
    void put(clinic_number n, std::uint32_t region_index, civil_day day, const clinic_day& what);

private:
    struct slot;

    static void turn(slot& s, civil_day day) noexcept;

    std::unique_ptr<slot[]> slots_;
};

}  // namespace doseline::core
