#pragma once

#include "loadtest/arrival_plan.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

// How a day's patients spread over its hours.
struct curve_interval {
    std::chrono::minutes from{0};  // since midnight
    std::chrono::minutes to{0};    // > from; at most 24 h
    double share = 0;              // of the day, in any unit, >= 0
};

// CSV with the header from,to,share; times HH:MM, each row beginning where the last one ended.
// Throws std::runtime_error with one line that names the row that is wrong.
std::vector<curve_interval> parse_curve(std::string_view text);
std::vector<curve_interval> read_curve(const std::filesystem::path& file);

// Arrivals that follow a curve: in each interval a plan of its own.
//
// The mean rate of the busiest interval is given, and the day is speed times shorter.
class curve_plan {
public:
    struct part {
        std::chrono::nanoseconds begin{0};  // from the begin of the plan
        std::chrono::nanoseconds length{0};
        std::uint64_t arrivals = 0;
    };

    // One thread's share of the arrivals; the parts of all threads sum to the curve.
    curve_plan(const std::vector<curve_interval>& curve, double busiest_rate, double speed,
               std::uint64_t seed, std::uint32_t threads, std::uint32_t thread);

    std::optional<std::chrono::nanoseconds> next() const noexcept;
    void advance() noexcept;

    const std::vector<part>& parts() const noexcept { return parts_; }
    std::size_t part_at(std::chrono::nanoseconds offset) const noexcept;  // the last one for later
    std::chrono::nanoseconds length() const noexcept;

private:
    void skip_empty() noexcept;

    std::vector<part> parts_;
    std::vector<arrival_plan> plans_;
    std::size_t at_ = 0;
};

}  // namespace doseline::loadtest
