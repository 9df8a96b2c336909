#pragma once

#include "core/error.hpp"
#include "core/fixed_string.hpp"

#include <chrono>
#include <string>
#include <string_view>

// Time as the programme sees it. An instant is a point on the world's clock; a civil day is a
// calendar day in the programme's own zone, which is a fixed offset from UTC: the seasons that
// this program serves are held where there is no daylight saving, and a fixed offset keeps the
// phase rule a pure function that any clinic can compute.
namespace doseline::core {

using instant = std::chrono::sys_time<std::chrono::milliseconds>;
using civil_day = std::chrono::sys_days;
using zone_offset = std::chrono::minutes;  // east of UTC; Korea is +540

civil_day day_at(instant at, zone_offset offset) noexcept;
unsigned hour_at(instant at, zone_offset offset) noexcept;  // 0..23

// "2016-10-04". Errors: malformed, also for a day that the calendar does not have or that is not
// from limits::day_min to day_max.
result<civil_day> parse_day(std::string_view text);
std::string format_day(civil_day day);

// RFC 3339 with an offset or Z, seconds required, fractions allowed: "2016-10-04T09:00:00+09:00".
// Its day as parse_day() takes it.
result<instant> parse_instant(std::string_view text);
using instant_text = fixed_string<40>;
instant_text instant_text_of(instant at, zone_offset offset) noexcept;
std::string format_instant(instant at, zone_offset offset);

}  // namespace doseline::core
