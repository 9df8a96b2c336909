#include "storage/linger.hpp"

#include <algorithm>
#include <cmath>

namespace doseline::storage {

void arrival_rate::note(std::size_t commands, std::chrono::steady_clock::time_point now) noexcept {
    using seconds = std::chrono::duration<double>;
    per_second_ *= std::exp(-seconds(now - last_) / seconds(memory));
    per_second_ += static_cast<double>(commands) / seconds(memory).count();
    last_ = now;
}

std::chrono::microseconds linger_for(std::size_t commands, double per_second) noexcept {
    constexpr double few = 5;
    constexpr double busy = 6'000;
    constexpr std::size_t worth_a_sync = 64;
    constexpr std::chrono::microseconds longest = core::limits::linger_max;
    const double would_come = per_second * std::chrono::duration<double>(longest).count();
    if (commands == 0 || commands >= worth_a_sync ||
        static_cast<double>(commands) + would_come < few) {
        return std::chrono::microseconds::zero();
    }
    const double room =
        static_cast<double>(worth_a_sync - commands) / static_cast<double>(worth_a_sync);
    return std::chrono::duration_cast<std::chrono::microseconds>(longest * room *
                                                                 std::min(1.0, per_second / busy));
}

}  // namespace doseline::storage
