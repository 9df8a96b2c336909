#pragma once

#include "core/limits.hpp"
#include "net/handler.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace doseline::net {

struct shedding_settings {
    std::chrono::nanoseconds target = core::limits::queue_wait_target;
    std::chrono::nanoseconds window = core::limits::queue_window;
    std::chrono::nanoseconds too_late = core::limits::inbox_wait_max;  // left, but was not served
};

// Which requests a reactor refuses because the committer has more than it can do.
//
// It looks at how long commands wait to be taken, never at how long they take: a slow disk that
// keeps up is no overload. The least wait of a window counts (CoDel): a burst that is worked off
// leaves a short one, a queue that stands does not, and one that stands for two windows is no stop
// of the machine. While it stands, the requests that may pass in a window are fewer than what left
// the queue in the last; when it is gone they grow again, fast up to where it last stood and slowly
// beyond, so that load at the edge of capacity makes no swings.
// What may pass is filled from the highest class down, so the lowest goes first and one class is
// refused in part: evenly, by a running fraction, not by lot.
//
// Thread safety: none; its reactor's. Reads no clock.
class load_shedder {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit load_shedder(const shedding_settings& settings = {}) : settings_(settings) {}

    // A command waits from now on; and then: it has waited that long.
    void entered() noexcept { ++inside_; }
    void waited(std::chrono::nanoseconds how_long) noexcept;
    void left() noexcept { --inside_; }  // nobody knows when

    // Now and then, also while no request comes: closes the window.
    void look(time_point now) noexcept;

    // Whether a request may pass; counts it.
    bool admit(work_class c, time_point now) noexcept;

    // The lowest class that is served in full; none when not even registrations are.
    std::optional<work_class> served_down_to() const noexcept;

private:
    void close_window(time_point now) noexcept;
    void tighten(double capacity) noexcept;
    void loosen() noexcept;
    void share_out(const std::array<double, work_classes>& offered) noexcept;
    void forget_if_calm(double windows) noexcept;

    const shedding_settings settings_;
    time_point window_began_{};
    std::chrono::nanoseconds least_wait_ = no_wait_seen;
    std::chrono::nanoseconds newest_wait_{};
    std::chrono::nanoseconds least_before_{};  // the window before
    std::uint32_t inside_ = 0;
    std::uint32_t left_ = 0;    // since it last told of a wait
    double windows_since_ = 0;  // likewise
    std::array<std::uint32_t, work_classes> offered_{};
    std::uint32_t passed_ = 0;

    bool stood_ = false;  // in the last window that told anything
    bool limited_ = false;
    double allowed_ = 0;          // requests a window, when limited
    double peak_ = 0;             // most that passed in a window, of late
    double stood_at_ = 0;         // what left the queue when it last stood
    unsigned clear_windows_ = 0;  // in a row, beyond it
    double calm_windows_ = 0;     // in a row that refuse nothing
    std::array<double, work_classes> share_{1, 1, 1, 1, 1};
    std::array<double, work_classes> running_{};

    static constexpr std::chrono::nanoseconds no_wait_seen = std::chrono::nanoseconds::max();
};

}  // namespace doseline::net
