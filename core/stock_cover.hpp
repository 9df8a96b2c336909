#pragma once

#include "core/published.hpp"

#include <cstdint>
#include <vector>

// How far a clinic's vaccine goes, and so who has some to give away and who is going to be without.
// From what is published alone, so it is as live as the stock is.
namespace doseline::core {

// What a clinic has and uses.
struct stock_use {
    // On hand of lots that may still be given, less doses in suspense and rows that are yet to be
    // sent: both were given already. Not below 0.
    std::int64_t usable = 0;
    std::int64_t in_transit = 0;  // of such lots
    std::uint64_t given = 0;      // shots of the days that are kept, of whatever programme
    std::int64_t over_days = 1;   // from the first of these with a shot to today, both counted
};

// A lot may be given when it was imported, has not expired, is not recalled, and its programme has
// not ended. rows: for what is read on the way.
stock_use stock_use_of(const published& state, clinic_number clinic, civil_day today,
                       std::vector<stock_row>& rows);

// Against what the clinic needs if it goes on as it did. What is on its way makes no surplus,
// which could not be sent on today, but fills a shortage.
struct stock_cover {
    std::int64_t need = 0;
    std::int64_t surplus = 0;
    std::int64_t shortage = 0;

    friend bool operator==(const stock_cover&, const stock_cover&) = default;
};

// REQUIRES: 1 <= days <= limits::cover_days_max.
stock_cover cover_of(const stock_use& use, std::int64_t days) noexcept;

// Of several clinics. A surplus here is none against a shortage there: the doses have to be moved.
struct region_cover {
    std::uint64_t clinics = 0;
    std::uint64_t empty = 0;  // of these: nothing usable
    std::int64_t usable = 0;
    std::int64_t in_transit = 0;
    std::uint64_t given = 0;
    std::int64_t surplus = 0;
    std::int64_t shortage = 0;

    void add(const stock_use& use, const stock_cover& cover) noexcept;
};

}  // namespace doseline::core
