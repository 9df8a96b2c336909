#pragma once

#include "core/event_header.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

// A clinic's day. It is begun by the first thing recorded that happened on it, a shot or a movement
// of stock, and over when the clinic has reported that nothing is left to be sent: no forms on
// paper, no rows of an outage. Nothing ever reopens it. What comes later is recorded as ever, says
// itself when it happened, and is counted.
namespace doseline::core {

enum class day_state : std::uint8_t { none, open, closing, closed };
std::string_view name_of(day_state s) noexcept;  // "CLOSING"
std::optional<day_state> day_state_named(std::string_view name) noexcept;

// What the ledger has of a day at a clinic. registered counts what was registered, and so what was
// taken back since, too; both counts end at limits::day_shots_counted_max.
struct clinic_day {
    bool begun = false;
    std::uint32_t registered = 0;        // shots that were given on it
    std::uint32_t registered_since = 0;  // of these, recorded after the last report
    std::uint16_t unsent = 0;            // as the last report has it, and
    std::uint16_t minute = 0;  // when it was made: after the day's first one, + 1; 0: there is none

    bool reported() const noexcept { return minute != 0; }
    // Rows that are still to be sent, as far as anybody has said: each shot of that day recorded
    // after the report is taken for one of them.
    std::uint16_t left() const noexcept {
        return registered_since < unsent ? static_cast<std::uint16_t>(unsent - registered_since)
                                         : std::uint16_t{0};
    }
    friend bool operator==(const clinic_day&, const clinic_day&) = default;
};

day_state state_of(const clinic_day& d) noexcept;
// To the minute. REQUIRES: it is reported.
instant reported_at(const clinic_day& d, civil_day day, zone_offset zone) noexcept;

// What happened on it was recorded, a shot or something else.
clinic_day with_entry(clinic_day d, bool is_shot) noexcept;
// The clinic reported at that time. A later report replaces an earlier one.
clinic_day with_report(clinic_day d, civil_day day, zone_offset zone, instant at,
                       std::uint16_t unsent) noexcept;

// As 63 bits, of which 0 is a day of which there is nothing: what is kept of each day at each of
// a million clinics.
std::uint64_t packed(const clinic_day& d) noexcept;
clinic_day unpacked(std::uint64_t bits) noexcept;

// A clinic reported on its day.
struct day_reported {
    event_header header;
    clinic_number clinic = 0;
    civil_day day;
    std::uint16_t unsent = 0;
    std::uint32_t device = 0;
    user_code user;
};

}  // namespace doseline::core
