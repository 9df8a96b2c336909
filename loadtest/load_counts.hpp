#pragma once

#include "loadtest/client_loop.hpp"
#include "loadtest/tally.hpp"
#include "loadtest/time_series.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace doseline::loadtest {

// A registration whose answer never came: recorded or not, only the server knows.
struct doubt {
    std::uint32_t clinic = 0;  // index in the clinics file
    std::uint64_t person = 0;
    std::string key;
    std::string occurred_at;  // as it was sent; empty: none was
};

// The longest time in which something was asked and nothing at all was answered. At a low rate this
// is the slowest answer; at a high one it is what tells a server that stands still from a slow one.
//
// Thread safety: none; every thread keeps its own.
class silence_watch {
public:
    void asked(time_point now) noexcept {
        if (waiting_++ == 0) {
            since_ = now;
        }
    }
    // Also for a request whose connection was lost: that is no answer, but ends the waiting for it.
    void ended(time_point now, bool answered) noexcept {
        longest_ = std::max(longest_, std::chrono::nanoseconds{now - since_});
        --waiting_;
        if (answered || waiting_ == 0) {
            since_ = now;
        }
    }
    std::chrono::nanoseconds longest() const noexcept { return longest_; }

private:
    std::uint64_t waiting_ = 0;
    time_point since_{};
    std::chrono::nanoseconds longest_{0};
};

// What one thread of a load saw.
//
// Thread safety: the live counts may be read meanwhile, the rest after the run.
struct load_counts {
    // Live.
    std::array<tally, laps> tallies;
    live_count connected;  // set up, and perhaps lost since
    live_count abandoned;  // never tried: nothing had opened for too long
    std::array<live_count, failures> not_opened;
    std::array<live_count, failures> lost_open;  // open ones, idle or not

    // After the run.
    std::array<std::uint64_t, laps> planned{};
    std::chrono::nanoseconds connecting_time{0};
    std::chrono::nanoseconds measured_time{0};  // to the end of the plan or to the last answer
    std::chrono::nanoseconds measured_cpu{0};   // of this thread, in busy_window
    std::chrono::nanoseconds busy_window{0};
    silence_watch silence;
    time_series series;  // of the measured lap
    std::vector<doubt> in_doubt;
};

}  // namespace doseline::loadtest
