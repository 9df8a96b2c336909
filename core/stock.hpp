#pragma once

#include "core/event.hpp"

#include <array>
#include <cstdint>

// Double entry: a dose is never made or lost, it goes from one place to another, and every movement
// is a pair of entries that sums to zero.
namespace doseline::core {

enum class place : std::uint8_t {
    nation,
    in_transit,
    on_hand,
    suspense,
    person,
    private_stock,
    wasted,
    discrepancy,  // what was on its way and did not arrive, less what arrived and was not
    adjusted,     // what counts found to be less than the book, less what they found to be more
    own,          // the clinic's own, put in to make programme vaccine good: below 0
};
inline constexpr std::size_t places = 10;

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

//   corrected      person -> where it had come from, and from where it came -> person; one dose
//                  each, none where that is the same
struct correction_postings {
    posting back;
    posting again;
};
correction_postings postings_of(const dose_corrected& e) noexcept;

//   carried        nation -> on_hand, in_transit, suspense: what was given out and not used up
std::array<posting, 3> postings_of(const stock_carried& e) noexcept;

// Which of the two accounts that a stock_changed names an entry is in.
enum class side : std::uint8_t { own, other };

struct booking {
    posting what;
    side from = side::own;
    side to = side::own;
};

//   confirmed      in_transit -> on_hand; what is over: discrepancy -> on_hand, what is short:
//                  in_transit -> discrepancy; what suspense it explains: on_hand -> suspense
//   wasted         on_hand -> wasted
//   sent, _back    on_hand -> in_transit of the other
//   counted        adjusted -> on_hand, adjusted -> suspense: either may be negative
//   assigned       person -> suspense, and of the other on_hand -> person
//   replaced       own -> on_hand
//
// Those without a quantity book nothing. Each of them is within one lot.
std::array<booking, 3> bookings_of(const stock_changed& e) noexcept;

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
