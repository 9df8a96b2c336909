#include "net/load_shedder.hpp"

#include <algorithm>
#include <utility>

namespace doseline::net {

namespace {

constexpr double cut = 0.9;            // of what left the queue, when it stands and does not shrink
constexpr double fast_growth = 1.5;    // a window, up to near where it last stood
constexpr double slow_growth = 0.01;   // of that, a window, beyond; doubled each window ...
constexpr unsigned slow_windows = 6;   // ... after so many,
constexpr unsigned doublings_max = 4;  // ... so often
constexpr double peak_decay = 0.97;    // a window
constexpr double least_allowed = 32;   // requests a window: so many are no load, whatever waits
constexpr double calm_windows_enough = 5;  // with nothing refused, until the limit is forgotten

}  // namespace

void load_shedder::waited(std::chrono::nanoseconds how_long) noexcept {
    least_wait_ = std::min(least_wait_, how_long);
    newest_wait_ = how_long;
    --inside_;
    left_ += how_long <= settings_.too_late ? 1 : 0;
}

void load_shedder::look(time_point now) noexcept {
    if (now - window_began_ >= settings_.window) {
        close_window(now);
    }
}

bool load_shedder::admit(work_class c, time_point now) noexcept {
    look(now);
    const auto i = static_cast<std::size_t>(c);
    ++offered_[i];
    running_[i] += share_[i];
    if (running_[i] < 1) {
        return false;
    }
    running_[i] -= 1;
    ++passed_;
    return true;
}

std::optional<work_class> load_shedder::served_down_to() const noexcept {
    std::optional<work_class> lowest;
    for (std::size_t i = 0; i < work_classes && share_[i] >= 1; ++i) {
        lowest = static_cast<work_class>(i);
    }
    return lowest;
}

// Windows close when a request comes: while none comes, there is nothing to decide.
void load_shedder::close_window(time_point now) noexcept {
    const double windows = std::max(1.0, std::chrono::duration<double>(now - window_began_) /
                                             std::chrono::duration<double>(settings_.window));
    std::array<double, work_classes> offered{};
    for (std::size_t i = 0; i < work_classes; ++i) {
        offered[i] = offered_[i] / windows;
    }
    peak_ = std::max(passed_ / windows, peak_decay * peak_);
    windows_since_ += windows;
    bool clear = inside_ == 0;  // else nothing is known of it
    if (least_wait_ != no_wait_seen) {
        const bool shrinks = limited_ && newest_wait_ < least_before_;
        const bool stands = least_wait_ > settings_.target && !shrinks;
        const bool stood_before = std::exchange(stood_, stands);
        if (stands && (limited_ || stood_before)) {
            // What waits for the committer leaves by the batch, perhaps one in many windows.
            tighten(left_ / windows_since_);
        }
        clear = newest_wait_ <= settings_.target / 2;
        least_before_ = least_wait_;
        left_ = 0;
        windows_since_ = 0;
    }
    if (limited_ && clear) {
        loosen();
    }
    share_out(offered);
    forget_if_calm(clear ? windows : 0);
    window_began_ = now;
    least_wait_ = no_wait_seen;
    offered_.fill(0);
    passed_ = 0;
}

void load_shedder::tighten(double capacity) noexcept {
    clear_windows_ = 0;
    stood_at_ = std::max(capacity, peak_ / 2);
    allowed_ = std::max(least_allowed, cut * capacity);
    limited_ = true;
}

void load_shedder::loosen() noexcept {
    if (allowed_ < cut * stood_at_) {
        allowed_ = std::min(allowed_ * fast_growth, cut * stood_at_);
        return;
    }
    ++clear_windows_;
    const unsigned doublings =
        clear_windows_ < slow_windows ? 0 : std::min(clear_windows_ - slow_windows, doublings_max);
    allowed_ += std::max(1.0, slow_growth * stood_at_ * (1u << doublings));
}

void load_shedder::share_out(const std::array<double, work_classes>& offered) noexcept {
    share_.fill(1);
    double left = allowed_;
    for (std::size_t i = 0; i < work_classes && limited_; ++i) {
        if (offered[i] > left) {
            share_[i] = left / offered[i];
        } else if (left <= 0) {
            share_[i] = 0;
        }
        left = std::max(0.0, left - offered[i]);
    }
}

void load_shedder::forget_if_calm(double windows) noexcept {
    const bool all_pass = served_down_to() == static_cast<work_class>(work_classes - 1);
    calm_windows_ = all_pass && windows > 0 ? calm_windows_ + windows : 0;
    if (calm_windows_ >= calm_windows_enough) {
        limited_ = false;
        calm_windows_ = 0;
    }
}

}  // namespace doseline::net
