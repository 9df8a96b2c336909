#include "loadtest/sparse_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace doseline::loadtest {

void sparse_histogram::add(std::size_t index, std::uint64_t largest, std::uint64_t n) {
    const auto at = std::lower_bound(buckets_.begin(), buckets_.end(), index,
                                     [](const bucket& b, std::size_t i) { return b.index < i; });
    if (at != buckets_.end() && at->index == index) {
        at->count += n;
    } else {
        buckets_.insert(at, {static_cast<std::uint32_t>(index), n});
    }
    count_ += n;
    max_ = std::max(max_, std::min(largest, histogram::value_max));
}

void sparse_histogram::merge(const sparse_histogram& other) {
    for (const bucket& b : other.buckets_) {
        add(b.index, 0, b.count);
    }
    max_ = std::max(max_, other.max_);
}

std::uint64_t sparse_histogram::at(double share) const noexcept {
    const double rank = std::ceil(share * static_cast<double>(count_));
    const std::uint64_t wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
    std::uint64_t seen = 0;
    for (const bucket& b : buckets_) {
        seen += b.count;
        if (seen >= wanted) {
            return std::min(histogram::upper_end(b.index), max_);
        }
    }
    return max_;
}

}  // namespace doseline::loadtest
