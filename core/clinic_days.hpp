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

    // Asks the processor to have ready what is known of the clinic's newest day.
    void prefetch(clinic_number n) const noexcept {
        if (newest_) {
            __builtin_prefetch(slots_[day_slot(*newest_)].words.data() + n);
        }
    }

    // Something is recorded on that day.
    void turn_to(civil_day today) noexcept { newest_ = std::max(newest_.value_or(today), today); }

    // Not forgotten.
    bool keeps(civil_day day) const noexcept {
        return !newest_ || *newest_ - day < std::chrono::days{limits::days_kept};
    }

    // There is room for so many clinics; no effect on a day that is not kept.
    // REQUIRES: n < clinics; day is not after the newest.
    void set(clinic_number n, civil_day day, const clinic_day& to, std::size_t clinics) {
        if (!keeps(day)) {
            return;
        }
        slot& s = slots_[day_slot(day)];
        if (s.day != day) {
            s.day = day;
            s.words.clear();
            s.changed.clear();
        }
        if (n >= s.words.size()) {
            s.words.resize(clinics);
        }
        if ((s.words[n] & unpublished) == 0) {
            s.changed.push_back(n);
        }
        s.words[n] = packed(to) | unpublished;
    }

    // Calls visit(clinic, day, clinic_day) with each that was set since the last call and is kept.
    template <class Visit>
    void take_changes(const Visit& visit) {
        constexpr std::size_t ordinary = 4 * limits::batch_commands_max;  // more: after a replay
        for (slot& s : slots_) {
            for (const clinic_number n : s.changed) {
                s.words[n] &= ~unpublished;
                if (keeps(*s.day)) {
                    visit(n, *s.day, unpacked(s.words[n]));
                }
            }
            s.changed.clear();
            if (s.changed.capacity() > ordinary) {
                s.changed.shrink_to_fit();
            }
        }
    }

private:
    static constexpr std::uint64_t unpublished = std::uint64_t{1} << 63;

    struct slot {
        std::optional<civil_day> day;
        std::vector<std::uint64_t> words;    // by clinic
        std::vector<clinic_number> changed;  // each once
    };
    std::array<slot, limits::days_kept> slots_;
    std::optional<civil_day> newest_;
};

}  // namespace doseline::core
