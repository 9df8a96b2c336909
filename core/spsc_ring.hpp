#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace doseline::core {

// A bounded queue from one thread to one other.
//
// Thread safety: push() by one producer thread, pop() and empty() by one consumer thread.
// Invariants:
//   1. head_ - tail_ is the number of values inside, never more than the capacity.
//   2. A slot belongs to the consumer from the release store of head_ that follows its filling
//      until the release store of tail_ that follows its emptying, else to the producer.
// Each side keeps its last sight of the other's index, so that the shared lines travel between the
// cores once per lap and not once per value.
template <class T>
class spsc_ring {
public:
    // REQUIRES: capacity is a power of two.
    explicit spsc_ring(std::size_t capacity)
        : mask_(std::bit_ceil(capacity) - 1), slots_(std::make_unique<T[]>(mask_ + 1)) {}

    std::size_t capacity() const noexcept { return mask_ + 1; }

    // False when full; then value is untouched.
    bool push(T&& value) {
        const std::size_t head = head_.load(std::memory_order_relaxed);  // our own index
        if (head - tail_seen_ > mask_) {
            // acquire: the consumer has finished with every slot below the tail that we see.
            tail_seen_ = tail_.load(std::memory_order_acquire);
            if (head - tail_seen_ > mask_) {
                return false;
            }
        }
        slots_[head & mask_] = std::move(value);
        // release: who sees the new head sees the value.
        head_.store(head + 1, std::memory_order_release);
        return true;
    }

    // False when empty; then into is untouched.
    bool pop(T& into) {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);  // our own index
        if (tail == head_seen_) {
            // acquire: pairs with push's release.
            head_seen_ = head_.load(std::memory_order_acquire);
            if (tail == head_seen_) {
                return false;
            }
        }
        into = std::move(slots_[tail & mask_]);
        // release: the producer may reuse the slot only after we have moved out of it.
        tail_.store(tail + 1, std::memory_order_release);
        return true;
    }

    // The consumer's view: true when nothing had been pushed at some moment during the call.
    bool empty() const noexcept {
        return tail_.load(std::memory_order_relaxed) == head_.load(std::memory_order_acquire);
    }

private:
    static constexpr std::size_t line_bytes = 64;

    const std::size_t mask_;
    const std::unique_ptr<T[]> slots_;
    alignas(line_bytes) std::atomic<std::size_t> head_{0};
    std::size_t tail_seen_ = 0;
    alignas(line_bytes) std::atomic<std::size_t> tail_{0};
    std::size_t head_seen_ = 0;
};

}  // namespace doseline::core
