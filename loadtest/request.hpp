#pragma once

#include "loadtest/clinics.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace doseline::loadtest {

using steady_clock = std::chrono::steady_clock;
using time_point = steady_clock::time_point;

enum class request_kind : std::uint8_t { check, registration, other };
inline constexpr std::size_t request_kinds = 3;

// The part of a run that a request belongs to; each is counted apart.
enum class lap : std::uint8_t { setup, warmup, measured };
inline constexpr std::size_t laps = 3;

// One request and what its answer is judged by.
struct request {
    request_kind kind = request_kind::other;
    lap of = lap::measured;
    std::uint32_t clinic = 0;  // index in the clinics file
    std::uint64_t person = 0;
    std::string key;            // registrations only
    std::string occurred_at;    // registrations only: RFC 3339; empty: now
    bool wrong_digits = false;  // of a check: mistyped on purpose
    time_point planned{};       // when it was due; latency counts from here
    std::string bytes;          // what goes over the line
};

// A shot as it is registered.
struct shot {
    std::uint64_t person = 0;
    std::string key;
    std::string occurred_at;  // RFC 3339; empty: now
};

// Writes requests for one server.
//
// Thread safety: immutable after construction. The clinics must outlive it.
class request_writer {
public:
    request_writer(std::string host, const std::vector<clinic>& clinics)
        : host_(std::move(host)), clinics_(clinics) {}

    request check(std::uint32_t clinic, std::uint64_t person) const;

    // The same with mistyped digits: a month that does not exist, or else a check digit that does
    // not fit. Nobody's digits.
    request mistyped_check(std::uint32_t clinic, std::uint64_t person, bool impossible) const;

    // The body depends on person and time alone, so that the same key always comes with the same.
    request registration(std::uint32_t clinic, std::uint64_t person, std::string key,
                         std::string occurred_at = {}) const;

    // Registrations in one request, each a row that says what it would say by itself.
    request batch(std::uint32_t clinic, std::span<const shot> rows) const;

    // A movement of stock; the body is its JSON.
    request movement(std::uint32_t clinic, std::string key, std::string_view body) const;

    // A token may be empty: none is sent.
    request get(std::string_view path, std::string_view token) const;

private:
    std::string post(std::string_view path, std::uint32_t clinic, std::string_view key,
                     std::string_view body) const;

    std::string host_;
    const std::vector<clinic>& clinics_;
};

}  // namespace doseline::loadtest
