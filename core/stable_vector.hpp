#pragma once

#include "core/big_pages.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <type_traits>

namespace doseline::core {

// A vector that grows by segments, so that elements never move and nothing is copied or freed
// while others read.
//
// Thread safety: push_back() and the non-const operator[] by one writer thread; size() and the
// const operator[] by any thread. An element below a size() that a thread has seen is complete as
// it was when pushed; what changes in it later needs its own atomics.
template <class T, std::size_t SegmentSize, std::size_t SegmentsMax>
class stable_vector {
public:
    static_assert((SegmentSize & (SegmentSize - 1)) == 0);
    static constexpr std::size_t size_max = SegmentSize * SegmentsMax;

    stable_vector() = default;
    ~stable_vector() {
        for (std::size_t n = reserved_segments_; n < SegmentsMax && segments_[n] != nullptr; ++n) {
            delete[] segments_[n];
        }
    }
    stable_vector(const stable_vector&) = delete;
    stable_vector& operator=(const stable_vector&) = delete;

    std::size_t size() const noexcept {
        // acquire: pairs with push_back's release, which follows the element's construction.
        return size_.load(std::memory_order_acquire);
    }

    const T& operator[](std::size_t i) const noexcept {
        return segments_[i / SegmentSize][i % SegmentSize];
    }
    T& operator[](std::size_t i) noexcept { return segments_[i / SegmentSize][i % SegmentSize]; }

    // Before the first: the segments of so many lie in one piece, in big pages. They take memory as
    // they are used.
    void reserve(std::size_t elements) {
        static_assert(std::is_trivially_destructible_v<T>);
        if (size() == 0 && reserved_segments_ == 0) {
            const std::size_t segments =
                std::min((elements + SegmentSize - 1) / SegmentSize, SegmentsMax);
            reserved_ = in_big_pages(segments * SegmentSize * sizeof(T));
            reserved_segments_ = segments;
        }
    }

    // REQUIRES: size() < size_max.
    template <class Fill>
    T& push_back(Fill&& fill) {
        const std::size_t i = size_.load(std::memory_order_relaxed);  // our own index
        if (i % SegmentSize == 0) {
            segments_[i / SegmentSize] = next_segment(i / SegmentSize);
        }
        T& element = segments_[i / SegmentSize][i % SegmentSize];
        fill(element);
        size_.store(i + 1, std::memory_order_release);
        return element;
    }
    T& push_back() {
        return push_back([](T&) {});
    }

private:
    T* next_segment(std::size_t n) {
        if (n >= reserved_segments_) {
            return new T[SegmentSize]();
        }
        T* const first = reinterpret_cast<T*>(reserved_.get()) + n * SegmentSize;
        std::uninitialized_value_construct_n(first, SegmentSize);
        return first;
    }

    std::array<T*, SegmentsMax> segments_{};
    std::atomic<std::size_t> size_{0};
    big_pages reserved_;  // the first segments, if it was known how many there will be
    std::size_t reserved_segments_ = 0;
};

}  // namespace doseline::core
