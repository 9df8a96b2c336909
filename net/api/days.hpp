#pragma once

#include "net/api_context.hpp"

#include <string_view>

namespace doseline::net::api {

core::civil_day today(const api_context& api) noexcept;

// The day that is asked about: today where none is named. Errors: bad_field, no day; future_date,
// a day that has not come; day_forgotten, one before those that are kept.
core::result<core::civil_day> day_meant(const call& c, std::string_view date);

// Rows of all days that are kept, as far as they were reported, of the clinics of a region.
std::uint64_t unsent_of_region(const core::published& state, std::uint32_t region_index,
                               core::civil_day today) noexcept;

// What a clinic has by the book, and what should be in the refrigerator.
struct stock_expected {
    std::int64_t remaining = 0;  // on hand and in suspense
    std::int64_t unsent = 0;     // rows of all days that are kept, as far as they were reported
    // If each of them was a shot of the programmes' vaccine. They name no lot, so it is a sum.
    std::int64_t expected() const noexcept { return remaining - unsent; }
};

// REQUIRES: api.rows are the clinic's.
stock_expected expected_of(core::clinic_number clinic, const api_context& api);

}  // namespace doseline::net::api
