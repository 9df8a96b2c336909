#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

// How a thread tells of itself: written by it alone, read by anyone. Relaxed: figures order
// nothing.
namespace doseline::storage {

using figure = std::atomic<std::uint64_t>;

inline void bump(figure& of, std::uint64_t n = 1) noexcept {
    // A load and a store, because nobody else writes.
    of.store(of.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

// Into which of the buckets, one more than bounds, that value goes.
template <std::size_t N>
std::size_t bucket(const std::array<double, N>& bounds, double value) noexcept {
    return static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) -
                                    bounds.begin());
}

inline double seconds_of(std::chrono::nanoseconds time) noexcept {
    return std::chrono::duration<double>(time).count();
}

}  // namespace doseline::storage
