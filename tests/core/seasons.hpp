#pragma once

#include "core/programme.hpp"

#include <chrono>
#include <cstdint>
#include <string>

// Seasons as they were held, as far as tests of the rules need them.
namespace doseline::test {

constexpr core::civil_day date(int year, unsigned month, unsigned day) {
    return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day};
}

inline constexpr core::civil_day anyone = date(1800, 1, 1);
inline constexpr core::facility_kinds everywhere = 0b11;
inline constexpr core::facility_kinds health_centres = 0b10;

// Born up to 1941 from 4 October, up to 1951 from 10 October; clinics until 15 November, then
// health centres until the stock is gone. The old with an underlying disease from the first day.
inline core::programme season_2016_17() {
    using core::funding;
    core::programme p;
    p.code = "2016-17";
    p.name = "Influenza 2016-17";
    p.starts = date(2016, 10, 4);
    p.ends = date(2017, 4, 30);
    const core::civil_day closes = date(2016, 11, 15);
    p.phases = {
        {anyone, date(1941, 12, 31), date(2016, 10, 4), closes, everywhere, funding::national, 1},
        {date(1942, 1, 1), date(1951, 12, 31), date(2016, 10, 10), closes, everywhere,
         funding::national, 1},
        {anyone, date(1951, 12, 31), date(2016, 11, 16), p.ends, health_centres, funding::local, 0},
    };
    p.exceptions = {
        {"UNDERLYING_DISEASE",
         {anyone, date(1951, 12, 31), date(2016, 10, 4), closes, everywhere, funding::national, 0},
         true},
    };
    return p;
}

// One phase for all ages, everywhere, of so many doses so many days apart.
inline core::programme open_season(std::string code, core::civil_day opens, core::civil_day closes,
                                   core::dose_schedule schedule = {}) {
    core::programme p;
    p.name = "Season " + code;
    p.code = std::move(code);
    p.starts = opens;
    p.ends = closes;
    p.schedule = schedule;
    p.phases = {{anyone, date(2100, 1, 1), opens, closes, everywhere, core::funding::national, 0}};
    return p;
}

}  // namespace doseline::test
