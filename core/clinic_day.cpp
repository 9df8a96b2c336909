#include "core/clinic_day.hpp"

#include <algorithm>
#include <array>

namespace doseline::core {

namespace {

constexpr std::array<std::string_view, 4> day_states{"NONE", "OPEN", "CLOSING", "CLOSED"};

// From the lowest bit: registered, registered since, unsent, minute, begun.
constexpr unsigned shots_bits = 17;
constexpr unsigned unsent_bits = 14;
constexpr unsigned minute_bits = 14;
static_assert(2 * shots_bits + unsent_bits + minute_bits + 1 == 63);
static_assert(limits::day_shots_counted_max < 1u << shots_bits);
static_assert(limits::day_unsent_max < 1u << unsent_bits);

constexpr std::int64_t minutes_counted_max = (1 << minute_bits) - 2;
static_assert(std::chrono::minutes{std::chrono::days{limits::days_kept}}.count() <=
              minutes_counted_max);

constexpr std::uint64_t low(std::uint64_t bits, unsigned count) noexcept {
    return bits & ((std::uint64_t{1} << count) - 1);
}

}  // namespace

std::string_view name_of(day_state s) noexcept { return day_states[static_cast<std::size_t>(s)]; }

std::optional<day_state> day_state_named(std::string_view name) noexcept {
    const auto it = std::find(day_states.begin(), day_states.end(), name);
    return it == day_states.end() ? std::nullopt
                                  : std::optional(static_cast<day_state>(it - day_states.begin()));
}

day_state state_of(const clinic_day& d) noexcept {
    if (!d.reported()) {
        return d.begun ? day_state::open : day_state::none;
    }
    return d.left() == 0 ? day_state::closed : day_state::closing;
}

instant reported_at(const clinic_day& d, civil_day day, zone_offset zone) noexcept {
    return day - zone + std::chrono::minutes{d.minute - 1};
}

clinic_day with_entry(clinic_day d, bool is_shot) noexcept {
    const auto count_in = [](std::uint32_t& n) {
        n = std::min(n + 1, limits::day_shots_counted_max);
    };
    d.begun = true;
    if (is_shot) {
        count_in(d.registered);
    }
    if (is_shot && d.reported()) {
        count_in(d.registered_since);
    }
    return d;
}

clinic_day with_report(clinic_day d, civil_day day, zone_offset zone, instant at,
                       std::uint16_t unsent) noexcept {
    const std::int64_t minutes =
        std::chrono::floor<std::chrono::minutes>(at + zone - instant{day}).count();
    d.minute =
        static_cast<std::uint16_t>(1 + std::clamp(minutes, std::int64_t{0}, minutes_counted_max));
    d.unsent = std::min(unsent, limits::day_unsent_max);
    d.registered_since = 0;
    return d;
}

std::uint64_t packed(const clinic_day& d) noexcept {
    std::uint64_t bits = d.begun ? 1 : 0;
    bits = bits << minute_bits | d.minute;
    bits = bits << unsent_bits | d.unsent;
    bits = bits << shots_bits | d.registered_since;
    return bits << shots_bits | d.registered;
}

clinic_day unpacked(std::uint64_t bits) noexcept {
    const auto next = [&](unsigned count) {
        const std::uint64_t value = low(bits, count);
        bits >>= count;
        return value;
    };
    clinic_day d;
    d.registered = static_cast<std::uint32_t>(next(shots_bits));
    d.registered_since = static_cast<std::uint32_t>(next(shots_bits));
    d.unsent = static_cast<std::uint16_t>(next(unsent_bits));
    d.minute = static_cast<std::uint16_t>(next(minute_bits));
    d.begun = next(1) != 0;
    return d;
}

}  // namespace doseline::core
