#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace doseline::loadtest {

// Counts of values in log-linear buckets: exact below 256, then 128 buckets to each power of two,
// so that a percentile is never below the true one and at most 1/128 (0.8 %) above it. In
// nanoseconds this reaches from below a microsecond to three days; what is larger is counted as
// the largest.
//
// Thread safety: none; every thread fills its own and the sums are merged afterwards.
class histogram {
public:
    static constexpr std::uint64_t value_max = (std::uint64_t{1} << 48) - 1;

    void record(std::uint64_t value) noexcept;
    void merge(const histogram& other) noexcept;

    std::uint64_t count() const noexcept { return count_; }
    std::uint64_t max() const noexcept { return max_; }  // exact; 0 when empty

    // How many are at most this value, within the width of a bucket.
    std::uint64_t count_to(std::uint64_t value) const noexcept;

    // The smallest bucket's upper end with at least this share of all values at or below it; never
    // above max(). 0 when empty. REQUIRES: 0 <= share <= 1.
    std::uint64_t at(double share) const noexcept;

    // The buckets themselves. What is above value_max is in the last.
    static constexpr unsigned precision_bits = 7;
    static constexpr std::uint64_t exact_end = std::uint64_t{2} << precision_bits;
    static constexpr std::size_t buckets =
        exact_end + (48 - precision_bits - 1) * (std::size_t{1} << precision_bits);
    static std::size_t bucket_of(std::uint64_t value) noexcept;
    static std::uint64_t lower_end(std::size_t bucket) noexcept;
    static std::uint64_t upper_end(std::size_t bucket) noexcept;
    std::uint64_t in_bucket(std::size_t bucket) const noexcept { return counts_[bucket]; }

private:
    std::array<std::uint64_t, buckets> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace doseline::loadtest
