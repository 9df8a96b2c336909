#include "loadtest/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace doseline::loadtest {

std::size_t histogram::bucket_of(std::uint64_t value) noexcept {
    value = std::min(value, value_max);
    if (value < exact_end) {
        return static_cast<std::size_t>(value);
    }
    // The leading bit chooses the power of two, the seven bits behind it the bucket in it.
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 1 - precision_bits;
    const std::uint64_t within = (value >> shift) - (exact_end >> 1);
    return exact_end + (shift - 1) * (std::size_t{1} << precision_bits) + within;
}

std::uint64_t histogram::upper_end(std::size_t bucket) noexcept {
    if (bucket < exact_end) {
        return bucket;
    }
    const std::size_t shift = ((bucket - exact_end) >> precision_bits) + 1;
    const std::uint64_t within = (bucket - exact_end) & ((std::size_t{1} << precision_bits) - 1);
    return ((within + (exact_end >> 1) + 1) << shift) - 1;
}

std::uint64_t histogram::lower_end(std::size_t bucket) noexcept {
    return bucket == 0 ? 0 : upper_end(bucket - 1) + 1;
}

void histogram::record(std::uint64_t value) noexcept {
    ++counts_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, std::min(value, value_max));
}

void histogram::merge(const histogram& other) noexcept {
    for (std::size_t i = 0; i < buckets; ++i) {
        counts_[i] += other.counts_[i];
    }
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

std::uint64_t histogram::count_to(std::uint64_t value) const noexcept {
    const std::size_t last = bucket_of(std::min(value, value_max));
    return std::accumulate(counts_.begin(), counts_.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                           std::uint64_t{0});
}

std::uint64_t histogram::at(double share) const noexcept {
    const double rank = std::ceil(share * static_cast<double>(count_));
    const std::uint64_t wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets; ++i) {
        seen += counts_[i];
        if (seen >= wanted) {
            return std::min(upper_end(i), max_);
        }
    }
    return max_;
}

}  // namespace doseline::loadtest
