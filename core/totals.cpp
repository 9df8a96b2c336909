#include "core/totals.hpp"

#include <algorithm>

namespace doseline::core {

namespace {

std::uint64_t day_number(civil_day day) noexcept {
    return static_cast<std::uint64_t>(day.time_since_epoch().count()) + 1;
}

constexpr std::uint64_t minus_one = ~std::uint64_t{0};  // cells wrap

}  // namespace

dose_counts::dose_counts(std::uint32_t regions) : cells_(regions * dose_totals::row) {}

std::uint32_t dose_counts::regions() const noexcept {
    return static_cast<std::uint32_t>(cells_.size() / dose_totals::row);
}

// Hours of different days do not add up: the newer day's stay.
dose_counts& dose_counts::operator+=(const dose_counts& other) {
    for (std::size_t at = 0; at < cells_.size(); at += dose_totals::row) {
        std::uint64_t& day = cells_[at + dose_totals::day_cell];
        const std::uint64_t others = other.cells_[at + dose_totals::day_cell];
        if (others > day) {
            std::fill_n(cells_.begin() + static_cast<std::ptrdiff_t>(at), 24, 0);
            day = others;
        }
        for (std::size_t hour = 0; hour < 24 && others == day; ++hour) {
            cells_[at + hour] += other.cells_[at + hour];
        }
        for (std::size_t i = dose_totals::programme_cells; i < dose_totals::row; ++i) {
            cells_[at + i] += other.cells_[at + i];
        }
    }
    return *this;
}

std::uint64_t dose_counts::doses(std::uint32_t region) const noexcept {
    std::uint64_t total = 0;
    for (programme_number p = 0; p < limits::programmes_max; ++p) {
        total += doses(region, p);
    }
    return total;
}

std::uint64_t dose_counts::doses(std::uint32_t region, programme_number p) const noexcept {
    return cells_[region * dose_totals::row + dose_totals::dose_cell(p)];
}

std::uint64_t dose_counts::not_payable(std::uint32_t region, programme_number p) const noexcept {
    return cells_[region * dose_totals::row + dose_totals::not_payable_cell(p)];
}

std::uint64_t dose_counts::in_hour(std::uint32_t region, unsigned hour,
                                   civil_day day) const noexcept {
    const std::size_t at = region * dose_totals::row;
    return cells_[at + dose_totals::day_cell] == day_number(day) ? cells_[at + hour] : 0;
}

void dose_totals::count(std::size_t shard, const dose& d) noexcept { add(shard, d, 1); }

void dose_totals::uncount(std::size_t shard, const dose& d) noexcept { add(shard, d, -1); }

void dose_totals::change_claim(std::size_t shard, std::uint32_t region_index, programme_number p,
                               claim_state before, claim_state after) noexcept {
    const bool was = before == claim_state::not_payable;
    const bool is = after == claim_state::not_payable;
    if (was != is) {
        counters_.add(shard, region_index * row + not_payable_cell(p), is ? 1 : minus_one);
    }
}

// Hours are of the newest day met: one of an older day, as a void of yesterday's dose, has none.
void dose_totals::add(std::size_t shard, const dose& d, int doses) noexcept {
    const std::uint64_t n = doses > 0 ? 1 : minus_one;
    const std::size_t at = d.region_index * row;
    const std::uint64_t day = day_number(d.day);
    if (counters_.get(shard, at + day_cell) < day) {
        for (std::size_t hour = 0; hour < 24; ++hour) {
            counters_.set(shard, at + hour, 0);
        }
        counters_.set(shard, at + day_cell, day);
    }
    if (counters_.get(shard, at + day_cell) == day) {
        counters_.add(shard, at + d.hour, n);
    }
    counters_.add(shard, at + dose_cell(d.programme), n);
    if (!d.payable) {
        counters_.add(shard, at + not_payable_cell(d.programme), n);
    }
}

dose_counts dose_totals::snapshot(std::size_t shard, std::uint32_t regions) const {
    dose_counts counts(regions);
    counters_.snapshot(shard, 0, counts.cells_);
    return counts;
}

dose_counts dose_totals::settled(std::uint32_t regions) const {
    dose_counts total = snapshot(0, regions);
    for (std::size_t shard = 1; shard < counters_.shards(); ++shard) {
        total += snapshot(shard, regions);
    }
    return total;
}

}  // namespace doseline::core
