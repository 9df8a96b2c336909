#pragma once

#include <atomic>
#include <cstddef>

namespace doseline::net {

// How many connections the reactors of one listener may hold together. The kernel spreads
// connections by a hash, so equal parts would turn clients away at one reactor while another had
// room.
//
// Thread safety: any. Relaxed: a count orders nothing, and each place is taken and given back by
// one reactor.
class connection_budget {
public:
    explicit connection_budget(std::size_t places) noexcept : places_(places) {}

    bool take() noexcept {
        std::size_t taken = taken_.load(std::memory_order_relaxed);
        while (taken < places_) {
            if (taken_.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed)) {
                return true;
            }
        }
        return false;
    }
    void give() noexcept { taken_.fetch_sub(1, std::memory_order_relaxed); }

    std::size_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }
    std::size_t places() const noexcept { return places_; }

private:
    const std::size_t places_;
    std::atomic<std::size_t> taken_{0};
};

}  // namespace doseline::net
