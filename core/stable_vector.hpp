#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

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

    std::size_t size() const noexcept {
        // acquire: pairs with push_back's release, which follows the element's construction.
        return size_.load(std::memory_order_acquire);
    }

    const T& operator[](std::size_t i) const noexcept {
        return segments_[i / SegmentSize][i % SegmentSize];
    }
    T& operator[](std::size_t i) noexcept { return segments_[i / SegmentSize][i % SegmentSize]; }

    // REQUIRES: size() < size_max.
    template <class Fill>
    T& push_back(Fill&& fill) {
        const std::size_t i = size_.load(std::memory_order_relaxed);  // our own index
        if (i % SegmentSize == 0) {
            segments_[i / SegmentSize] = std::make_unique<T[]>(SegmentSize);
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
    std::array<std::unique_ptr<T[]>, SegmentsMax> segments_{};
    std::atomic<std::size_t> size_{0};
};

}  // namespace doseline::core
