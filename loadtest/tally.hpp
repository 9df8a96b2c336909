#pragma once

#include "loadtest/client_loop.hpp"
#include "loadtest/histogram.hpp"
#include "loadtest/request.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <string_view>

namespace doseline::loadtest {

// How a request ended. Every planned request ends as exactly one of these.
enum class outcome : std::uint8_t {
    created,       // 201 to a registration, or to a movement of stock where the load makes any
    checked,       // 200 to a check
    replayed,      // 200 and Replayed: true to a registration: recorded before
    caught,        // digits that were wrong on purpose: refused or warned of
    rate,          // 429: this clinic's own cap
    wait,          // 503 WAIT
    read_only,     // 503 READ_ONLY
    other_status,  // counted by status
    bad_answer,    // 2xx, but not in the contract's form
    unrecorded,    // acknowledged, but the acks file could not be written
    unanswered,    // its connection was lost, see failure
    unsent,        // no connection was free in time
};
inline constexpr std::size_t outcomes = 12;
std::string_view name_of(outcome o) noexcept;

constexpr bool is_success(outcome o) noexcept { return o <= outcome::caught; }
constexpr bool is_refusal(outcome o) noexcept {
    return o == outcome::rate || o == outcome::wait || o == outcome::read_only;
}

// What the answer's status and code say; the body of a 201 is the caller's to read.
outcome judge_answer(request_kind asked, const response& answer) noexcept;

// A number that one thread counts up and others look at.
class live_count {
public:
    live_count() = default;
    live_count(const live_count&) = delete;
    live_count& operator=(const live_count&) = delete;

    void add(std::uint64_t n = 1) noexcept {
        // relaxed: one writer, and a count orders nothing.
        value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    }
    std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// What became of the requests of one lap.
//
// Thread safety: one thread writes; another may read the live counts meanwhile, and everything
// once the writer has been joined.
struct tally {
    live_count sent;
    std::array<live_count, outcomes> ended;
    std::array<live_count, failures> unanswered_by;  // sums to ended[unanswered]
    std::map<unsigned, std::uint64_t> other_statuses;
    // Nanoseconds from the planned time to the last byte of a success, by kind of request.
    std::array<histogram, request_kinds> latency;
    histogram lateness;  // nanoseconds from the planned time to the first byte sent

    std::uint64_t count(outcome o) const noexcept { return ended[static_cast<size_t>(o)].get(); }
    std::uint64_t finished() const noexcept;
    std::uint64_t succeeded() const noexcept;
    std::uint64_t refused() const noexcept;
    std::uint64_t failed() const noexcept { return finished() - succeeded() - refused(); }

    void end(outcome o) noexcept { ended[static_cast<std::size_t>(o)].add(); }
    void merge(const tally& other);  // REQUIRES: the other's writer has been joined
};

}  // namespace doseline::loadtest
