#pragma once

#include "core/clinic_day.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace doseline::core {

// Where a day has its place among those that are kept.
inline std::size_t day_slot(civil_day day) noexcept {
    constexpr auto slots = static_cast<std::int64_t>(limits::days_kept);
    const std::int64_t n = day.time_since_epoch().count() % slots;
    return static_cast<std::size_t>(n < 0 ? n + slots : n);
}

// The last days of all clinics, limits::days_kept of them up to the newest on which anything was
// recorded; a day that is older is forgotten. Eight bytes a clinic for each day on which there was
// something at any.
//
// Thread safety: none; the registry's.
class clinic_days {
public:
    clinic_day find(clinic_number n, civil_day day) const noexcept {
        const slot& s = slots_[day_slot(day)];
        return s.day == day && n < s.words.size() ? unpacked(s.words[n] & ~unpublished)
                                                  : clinic_day{};
    }

    // Something is recorded on that day.
    void turn_to(civil_day today) noexcept { newest_ = std::max(newest_.value_or(today), today); }

    // There is room for so many clinics; no effect on a day that is not kept.
    // REQUIRES: n < clinics; day is not after the newest.
    void set(clinic_number n, civil_day day, const clinic_day& to, std::size_t clinics) {
        if (*newest_ - day >= std::chrono::days{limits::days_kept}) {
            return;
        }
        slot& s = slots_[day_slot(day)];
        if (s.day != day) {
            s.day = day;
            s.words.clear();
        }
        if (n >= s.words.size()) {
            s.words.resize(clinics);
        }
        if ((s.words[n] & unpublished) == 0) {
            changed_.push_back({n, day});
        }
        s.words[n] = packed(to) | unpublished;
    }

    // Calls visit(clinic, day, clinic_day) with each that was set since the last call.
    template <class Visit>
    void take_changes(const Visit& visit) {
        for (const auto& [n, day] : changed_) {
            slot& s = slots_[day_slot(day)];
            if (s.day == day) {  // else it was forgotten meanwhile
                s.words[n] &= ~unpublished;
                visit(n, day, unpacked(s.words[n]));
            }
        }
        changed_.clear();
    }

private:
    static constexpr std::uint64_t unpublished = std::uint64_t{1} << 63;

    struct slot {
        std::optional<civil_day> day;
        std::vector<std::uint64_t> words;  // by clinic
    };
    struct change {
        clinic_number clinic = 0;
        civil_day day;
    };
    std::array<slot, limits::days_kept> slots_;
    std::optional<civil_day> newest_;
    std::vector<change> changed_;
};

}  // namespace doseline::core
