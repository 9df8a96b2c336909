#pragma once

#include "core/stock_cover.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string_view>

namespace doseline::net::api {

// The days that stock is to last: a week where none are named; nothing for what is no whole number
// from 1 to limits::cover_days_max.
std::optional<std::int64_t> cover_days(std::string_view text) noexcept;

// Adds what is so of all of them.
void add_sums(boost::json::object& to, const core::region_cover& sums);

}  // namespace doseline::net::api
