#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>

namespace doseline::net {

// When connections that their peers have ended are let go of. An end costs as much as a request,
// and when a network fails, very many come in one moment: done at once, they take every core for
// seconds. So the reactors of a listener share slots, which come so far apart that ends never fill
// more than a part of one core. What waits meanwhile costs only its memory.
//
// Thread safety: any. Relaxed: each slot is given out once, and nothing else is ordered.
class end_pace {
public:
    using time_point = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::microseconds slot{1'000};
    static constexpr std::size_t ends_a_slot = 4;

    // The next slot that nobody has, not before now. The caller's alone, whether it uses it or not.
    time_point next(time_point now) noexcept {
        time_point free = free_.load(std::memory_order_relaxed);
        time_point mine;
        do {
            mine = free < now ? now : free;
        } while (!free_.compare_exchange_weak(free, mine + slot, std::memory_order_relaxed));
        return mine;
    }

private:
    std::atomic<time_point> free_{time_point::min()};
};

}  // namespace doseline::net
