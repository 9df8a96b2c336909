#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

// People who never lived: born in the 1800s, when nobody had a registration number. Most of them
// 1800 to 1869.
namespace doseline::loadtest {

// 25,567 days, two sexes, 100,000 serial numbers.
inline constexpr std::uint64_t synthetic_people = 25'567ull * 200'000ull;

// And behind them more, born 1880 to 1889, whom the demo season vaccinates only with an exception.
inline constexpr std::uint64_t exceptional_people = 3'653ull * 200'000ull;
inline constexpr std::uint64_t all_people = synthetic_people + exceptional_people;

constexpr bool needs_exception(std::uint64_t person) noexcept { return person >= synthetic_people; }

// The 13 digits of a person, with the check digit right. Different persons have different digits.
// REQUIRES: person < all_people.
std::array<char, 13> synthetic_national_id(std::uint64_t person) noexcept;

// The person of a run's n-th request: every one of a run is another as long as
// n < synthetic_people, and another seed begins elsewhere.
std::uint64_t synthetic_person_at(std::uint64_t seed, std::uint64_t n) noexcept;

// The same of those who need an exception.
std::uint64_t exceptional_person_at(std::uint64_t seed, std::uint64_t n) noexcept;

// A random-looking UUID (version 4 in form), the same for the same seed and n.
std::string idempotency_key(std::uint64_t seed, std::uint64_t n);

}  // namespace doseline::loadtest
