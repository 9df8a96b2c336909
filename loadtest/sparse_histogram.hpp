#pragma once

#include "loadtest/histogram.hpp"

#include <cstdint>
#include <vector>

namespace doseline::loadtest {

// The buckets of a histogram, but only those that hold something: a second of a load fills some
// hundred of its five thousand, and a long run has many seconds.
//
// Thread safety: none.
class sparse_histogram {
public:
    void record(std::uint64_t value) { add(histogram::bucket_of(value), value, 1); }
    void merge(const sparse_histogram& other);

    std::uint64_t count() const noexcept { return count_; }
    std::uint64_t max() const noexcept { return max_; }  // exact; 0 when empty

    // As histogram::at.
    std::uint64_t at(double share) const noexcept;

private:
    struct bucket {
        std::uint32_t index;
        std::uint64_t count;
    };

    void add(std::size_t index, std::uint64_t largest, std::uint64_t n);

    std::vector<bucket> buckets_;  // ascending
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace doseline::loadtest
