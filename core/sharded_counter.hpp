#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace doseline::core {

// A row of counters in several shards, one shard a thread. Memory is traded for writes that share
// no cache line and need no locked instruction: add() is a plain load and store.
//
// Thread safety: add() and snapshot() of a shard by the one thread that owns it; sum() by any.
// What each may miss:
//   sum()       adds what it meets: exact when nobody writes, else any value between the true sums
//               at its begin and at its end, counter by counter.
//   snapshot()  is exact, because the owner itself copies. The snapshots that all owners take when
//               they meet the same mark in their own order of work sum to the exact state at it.
class sharded_counters {
public:
    sharded_counters(std::size_t shards, std::size_t counters)
        : counters_(counters), stride_((counters * sizeof(cell) + line_bytes - 1) / line_bytes *
                                       line_bytes / sizeof(cell)) {
        for (std::size_t s = 0; s < shards; ++s) {
            // One line more than needed: whatever the allocator's neighbour is, it is not ours.
            shards_.push_back(std::make_unique<cell[]>(stride_ + line_bytes / sizeof(cell)));
        }
    }

    std::size_t shards() const noexcept { return shards_.size(); }
    std::size_t counters() const noexcept { return counters_; }

    void add(std::size_t shard, std::size_t counter, std::uint64_t n = 1) noexcept {
        cell& c = shards_[shard][counter];
        // relaxed: only we write, and a count orders nothing.
        c.store(c.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }

    void set(std::size_t shard, std::size_t counter, std::uint64_t value) noexcept {
        shards_[shard][counter].store(value, std::memory_order_relaxed);  // as add
    }

    std::uint64_t get(std::size_t shard, std::size_t counter) const noexcept {
        return shards_[shard][counter].load(std::memory_order_relaxed);  // as add
    }

    std::uint64_t sum(std::size_t counter) const noexcept {
        std::uint64_t total = 0;
        for (const auto& shard : shards_) {
            total += shard[counter].load(std::memory_order_relaxed);  // stale values are declared
        }
        return total;
    }

    // REQUIRES: first + into.size() <= counters().
    void snapshot(std::size_t shard, std::size_t first,
                  std::span<std::uint64_t> into) const noexcept {
        for (std::size_t i = 0; i < into.size(); ++i) {
            into[i] = shards_[shard][first + i].load(std::memory_order_relaxed);  // the owner reads
        }
    }

private:
    using cell = std::atomic<std::uint64_t>;
    static constexpr std::size_t line_bytes = 64;

    const std::size_t counters_;
    const std::size_t stride_;
    std::vector<std::unique_ptr<cell[]>> shards_;
};

}  // namespace doseline::core
