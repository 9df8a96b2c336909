#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace doseline::bench {

using bench_clock = std::chrono::steady_clock;

inline double seconds_since(bench_clock::time_point began) {
    return std::chrono::duration<double>(bench_clock::now() - began).count();
}

// The middle one: a neighbour on the machine moves a mean, but hardly this. REQUIRES: not empty.
inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

// The one that so large a share of them do not exceed. REQUIRES: not empty, 0 < share < 1.
inline double percentile(std::vector<double> values, double share) {
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size()));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

// A benchmark whose work came out wrong has no figure.
inline void require(benchmark::State& state, bool holds, const std::string& what) {
    if (!holds) {
        state.SkipWithError(what.c_str());
    }
}

}  // namespace doseline::bench
