#pragma once

#include "loadtest/random.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace doseline::loadtest {

// When requests are due, whatever the server does: arrivals of clinics that know nothing of each
// other (a Poisson process), but exactly as many as asked for. Two plans side by side are again
// such a plan, so threads need not speak to each other.
//
// Given that n arrivals fall into a time, they are n independent uniform points; these come out in
// ascending order here, one at a time, so a plan of any length takes no memory.
class arrival_plan {
public:
    using offset = std::chrono::nanoseconds;  // from the begin of the plan

    arrival_plan(std::uint64_t count, offset length, std::uint64_t seed) noexcept
        : remaining_(count), length_(length), random_(seed) {
        advance();
    }

    // The next arrival, in [0, length); nothing when all have been taken.
    std::optional<offset> next() const noexcept { return next_; }
    std::uint64_t remaining() const noexcept { return remaining_ + (next_ ? 1 : 0); }
    void advance() noexcept;

private:
    std::uint64_t remaining_;  // behind next_
    offset length_;
    random_source random_;
    double left_ = 1.0;  // the share of the length that lies behind next_
    std::optional<offset> next_;
};

}  // namespace doseline::loadtest
