#pragma once

#include "core/event.hpp"

#include <array>
#include <cstdint>

// Double entry: a dose is never made or lost, it goes from one place to another, and every movement
// is a pair of entries that sums to zero.
namespace doseline::core {

enum class place : std::uint8_t { nation, in_transit, on_hand, suspense, person, private_stock };
inline constexpr std::size_t places = 6;

// quantity doses left from and arrived at to.
struct posting {
    place from = place::nation;
    place to = place::nation;
    std::int32_t quantity = 0;
};

//   shipped        nation -> in_transit
//   received       in_transit -> on_hand
posting posting_of(const stock_moved& e) noexcept;

//   registered     on_hand, suspense or private stock -> person, one dose
posting posting_of(const dose_registered& e) noexcept;

//   voided         person -> where it had come from, one dose
posting posting_of(const dose_voided& e) noexcept;

// The balances of one account by place. They sum to zero after every posting, so what the nation
// gave out is always somewhere: - nation == in_transit + on_hand + suspense + person + private.
class balances {
public:
    void post(const posting& p) noexcept {
        at_[static_cast<std::size_t>(p.from)] -= p.quantity;
        at_[static_cast<std::size_t>(p.to)] += p.quantity;
    }
    std::int64_t operator[](place p) const noexcept { return at_[static_cast<std::size_t>(p)]; }
    std::int64_t sum() const noexcept {
        std::int64_t total = 0;
        for (const std::int64_t b : at_) {
            total += b;
        }
        return total;
    }

private:
    std::array<std::int64_t, places> at_{};
};

}  // namespace doseline::core
