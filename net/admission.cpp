#include "net/admission.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace doseline::net {

using namespace std::chrono_literals;

namespace {

namespace limits = core::limits;

// Of work on what is ready, before the rest of it is looked at and lines up.
constexpr std::chrono::milliseconds at_once_max = 2ms;

// For each ten parts that reading takes, the line is served for seven. In virtual time more leaves
// requests unread at many times the capacity, and less does not make refusals sooner.
constexpr int serving_parts_most = 7;
constexpr int serving_parts_least = 3;
constexpr int reading_parts = 10;

// Requests may lie unread for so long; for longer, while a burst is read, which does not last.
constexpr std::chrono::milliseconds unread_target = 10ms;
constexpr std::chrono::milliseconds unread_burst_max = 100ms;

constexpr std::chrono::microseconds serving_time_least = 250us;

constexpr std::uint32_t line_that_tells = 16;  // a shorter one tells little of how fast it goes
constexpr int waits_to_learn = 32;

// The longer requests lie unread, the less goes to those that have been read: until there are so
// many of them that others are refused.
int serving_parts(std::chrono::nanoseconds unread) noexcept {
    const auto parts = serving_parts_most * unread_target /
                       std::max<std::chrono::nanoseconds>(unread, unread_target);
    return std::max(static_cast<int>(parts), serving_parts_least);
}

}  // namespace

verdict admission::judge(work_class c, time_point now) noexcept {
    look(now);
    if (!std::exchange(reads_, true)) {
        reads_since_ = now;
    }
    const auto i = static_cast<std::size_t>(c);
    const bool just_begun = now - stands_since_ < limits::line_burst_max;
    const auto& wait_max =
        just_begun ? limits::line_wait_in_burst_max : limits::line_wait_in_load_max;
    const bool too_long = in_line_ * wait_behind_one_ > wait_max[std::min(i, wait_max.size() - 1)];
    if (too_long || !shedder_.admit(c, now)) {
        ++refused_;
        refuses_now_[i] = true;
        return verdict::shed;
    }
    ++passed_;
    return verdict::serve;
}

bool admission::serves_at_once(time_point now) const noexcept {
    return !more_is_ready_ && in_line_ == 0 && now - reads_since_ < at_once_max;
}

std::uint32_t admission::line_up(time_point now) noexcept {
    if (in_line_ == 0) {
        stands_since_ = now;
    }
    return in_line_++;
}

void admission::taken(std::chrono::nanoseconds waited, std::uint32_t behind) noexcept {
    --in_line_;
    if (behind >= line_that_tells) {
        wait_behind_one_ += (waited / behind - wait_behind_one_) / waits_to_learn;
    }
}

void admission::batch_ends(bool more, std::chrono::nanoseconds unread, time_point now) noexcept {
    if (more) {
        more_since_ = now - more_seen_ > unread_burst_max ? now : more_since_;
        more_seen_ = now;
    }
    more_is_ready_ = more;
    unread_ = unread;
    const bool has_read = std::exchange(reads_, false);
    if (in_line_ == 0) {
        owed_ = 0ns;
    } else if (has_read) {
        const bool just_begun = now - more_since_ < unread_burst_max;
        const int parts = just_begun ? serving_parts_most : serving_parts(unread);
        owed_ += (now - reads_since_) * parts / reading_parts;
    }
}

std::chrono::nanoseconds admission::serving_time() const noexcept {
    return std::max<std::chrono::nanoseconds>(owed_, serving_time_least);
}

void admission::look(time_point now) noexcept {
    shedder_.look(now);
    const auto since = now - window_began_;
    if (since < limits::queue_window) {
        return;
    }
    const double windows = std::chrono::duration<double>(since) / limits::queue_window;
    pressure_.note(passed_ / windows, refused_ / windows, windows);
    refuses_ = std::exchange(refuses_now_, {});
    if (since > 2 * limits::queue_window) {
        stands_since_ = now;  // nothing was read for so long: the machine stood still, or slept
    }
    window_began_ = now;
    passed_ = 0;
    refused_ = 0;
}

std::optional<work_class> admission::served_down_to() const noexcept {
    std::optional<work_class> lowest;
    const auto down_to = shedder_.served_down_to();
    for (std::size_t i = 0; down_to && i <= static_cast<std::size_t>(*down_to) && !refuses_[i];
         ++i) {
        lowest = static_cast<work_class>(i);
    }
    return lowest;
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
