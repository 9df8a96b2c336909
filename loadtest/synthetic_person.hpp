#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

// People who never lived: born 1800 to 1869, when nobody had a registration number.
namespace doseline::loadtest {

// 25,567 days, two sexes, 100,000 serial numbers.
inline constexpr std::uint64_t synthetic_people = 25'567ull * 200'000ull;

// The 13 digits of a person, with the check digit right. Different persons have different digits.
// REQUIRES: person < synthetic_people.
std::array<char, 13> synthetic_national_id(std::uint64_t person) noexcept;

// The person of a run's n-th request: every one of a run is another as long as
// n < synthetic_people, and another seed begins elsewhere.
std::uint64_t synthetic_person_at(std::uint64_t seed, std::uint64_t n) noexcept;

// A random-looking UUID (version 4 in form), the same for the same seed and n.
std::string idempotency_key(std::uint64_t seed, std::uint64_t n);

}  // namespace doseline::loadtest
