#pragma once

#include "core/day_board.hpp"

#include <cstdint>
#include <string_view>

// How far a published number of doses left can be from what is in the refrigerators: a shot that
// was given and not entered is still in the number.
namespace doseline::core {

enum class confidence : std::uint8_t { low, medium, high };
std::string_view name_of(confidence c) noexcept;  // "HIGH"

// past: of the days before today that are kept, on how many a clinic had begun one, and how many of
// these are closed, so that nothing of them is missing. unsent: rows that clinics said they have
// yet to send; each may have been of this vaccine. left: its doses as they are published.
//
//   high     9 of 10 days are closed, and at most 1 of 100 doses left is known to be given
//   low      fewer than 5 of 10 days are closed, or more than 1 of 10 doses left is
//   medium   else
//
// Where no day was begun, nothing can be missing. The boundaries are ours; nobody has published
// any.
confidence confidence_of(const day_ends& past, std::uint64_t unsent, std::int64_t left) noexcept;

}  // namespace doseline::core
