#include "net/admission.hpp"

#include <algorithm>
#include <cmath>

namespace doseline::net {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds between_probes = 1ms;

// The work of about 15 ms. What has waited because the machine stood still is served however late
// it is; only a reactor that has worked that much and is not through yet is behind.
constexpr std::size_t read_in_a_row_enough = 512;

// The lower the class, the sooner it is too late: what stands before registrations goes first. A
// doctor does not mind half a second, and to be told to come again costs him seconds.
constexpr std::array<std::chrono::milliseconds, work_classes> wait_max{
    core::limits::ready_wait_max * 5, core::limits::ready_wait_max * 5 / 2,
    core::limits::ready_wait_max, core::limits::ready_wait_max, core::limits::ready_wait_max};

}  // namespace

bool admission::wants_probe(time_point now) noexcept {
    if (probing_ || now - probe_back_ < between_probes) {
        return false;
    }
    if (now - probe_back_ > core::limits::queue_window) {
        last_wait_ = 0ns;  // of another time
    }
    probing_ = true;
    shedder_.entered(work_queue::ready);
    probe_left_ = now;
    return true;
}

void admission::probe_is_back(time_point now) noexcept {
    probing_ = false;
    probe_back_ = now;
    last_wait_ = now - probe_left_;
    shedder_.waited(work_queue::ready, last_wait_);
}

std::chrono::nanoseconds admission::ready_wait(time_point now) const noexcept {
    return probing_ ? std::max<std::chrono::nanoseconds>(last_wait_, now - probe_left_)
                    : last_wait_;
}

verdict admission::judge(work_class c, time_point now) noexcept {
    ++read_in_a_row_;
    if (read_in_a_row_ > read_in_a_row_enough &&
        ready_wait(now) > wait_max[static_cast<std::size_t>(c)]) {
        // Seen while the probe is still under way: no window may pass without it.
        shedder_.entered(work_queue::ready);
        shedder_.waited(work_queue::ready, ready_wait(now));
        shedder_.refused(c, now);
        return verdict::overdue;
    }
    return shedder_.admit(c, now) ? verdict::serve : verdict::shed;
}

std::chrono::milliseconds rest_after(unsigned refusals_in_a_row, std::chrono::seconds told_to_wait,
                                     std::uint32_t random, double pressure) noexcept {
    constexpr std::chrono::milliseconds first = 125ms;
    constexpr unsigned doublings_max = 5;  // 4 s
    if (refusals_in_a_row < 2) {
        return 0ms;
    }
    const auto middle = first * (1u << std::min(refusals_in_a_row - 2, doublings_max));
    const auto rest =
        middle / 2 + std::chrono::milliseconds{random % static_cast<unsigned>(middle.count())};
    // Little of it at first: a load at the edge of the capacity swings with every rest.
    constexpr double least = refusal_pressure::least;
    const double part = std::pow((pressure - least) / (refusal_pressure::most - least), 3);
    const auto pressed = std::chrono::duration_cast<std::chrono::milliseconds>(told_to_wait * part);
    return std::min<std::chrono::milliseconds>(std::max(rest, pressed), told_to_wait);
}

std::chrono::seconds come_again_in(std::uint32_t random, double pressure) noexcept {
    constexpr double without_pressure = 5;
    static_assert(std::chrono::seconds{static_cast<int>(without_pressure)} *
                      static_cast<int>(refusal_pressure::most) ==
                  core::limits::retry_after_max);
    return std::chrono::seconds{1 +
                                random % static_cast<std::uint32_t>(without_pressure * pressure)};
}

}  // namespace doseline::net
