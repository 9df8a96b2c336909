#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

namespace doseline::storage {

// Which pages of a file have an owner: one bit each. Any thread.
class page_owners {
public:
    explicit page_owners(std::uint64_t pages) : words_(pages / bits + 1) {}

    // False when it has one already. REQUIRES: page < pages.
    bool take(std::uint64_t page) noexcept {
        // relaxed: of two that take one page either may be told so; nothing else is ordered by it.
        return (words_[page / bits].fetch_or(bit(page), std::memory_order_relaxed) & bit(page)) ==
               0;
    }
    bool taken(std::uint64_t page) const noexcept {
        return (words_[page / bits].load(std::memory_order_relaxed) & bit(page)) != 0;  // as take
    }

private:
    static constexpr std::uint64_t bits = 64;
    static constexpr std::uint64_t bit(std::uint64_t page) noexcept {
        return std::uint64_t{1} << page % bits;
    }
    std::vector<std::atomic<std::uint64_t>> words_;
};

}  // namespace doseline::storage
