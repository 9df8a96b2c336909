#pragma once

#include <array>
#include <string_view>

// How a dose's particulars are written outside, by their numbers in core.
namespace doseline::net {

inline constexpr std::array<std::string_view, 5> sites{"", "LA", "RA", "LT", "RT"};
inline constexpr std::array<std::string_view, 3> routes{"", "IM", "SC"};

}  // namespace doseline::net
