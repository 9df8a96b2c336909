#pragma once

#include "core/limits.hpp"
#include "net/handler.hpp"
#include "net/refusal_pressure.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace doseline::net {

// Where work waits: for the reactor to read it, for the committer to take it.
enum class work_queue : std::uint8_t { ready, inbox };
inline constexpr std::size_t work_queues = 2;
std::string_view name_of(work_queue q) noexcept;

struct shedding_settings {
    std::chrono::nanoseconds target = core::limits::queue_wait_target;
    std::chrono::nanoseconds window = core::limits::queue_window;
    std::chrono::nanoseconds too_late = core::limits::inbox_wait_max;  // left, but was not served
};

// Which requests a reactor refuses because it, or the committer, has more than it can do.
//
// It looks at how long work waits, never at how long it takes: a slow disk that keeps up is no
// overload. Of each queue the least wait of a window counts (CoDel): a burst that is worked off
// leaves a short one, a queue that stands does not, and one that stands for two windows is no stop
// of the machine. While one stands, the requests that may pass in a window are fewer than were
// passed in the last; when it is gone they grow again, fast up to where it last stood and slowly
// beyond, so that load at the edge of capacity makes no swings.
// What may pass is filled from the highest class down, so the lowest goes first and one class is
// refused in part: evenly, by a running fraction, not by lot.
//
// Thread safety: none; its reactor's. Reads no clock.
class load_shedder {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit load_shedder(const shedding_settings& settings = {}) : settings_(settings) {}

    // Something waits in that queue from now on; and then: it has waited that long.
    void entered(work_queue q) noexcept { ++inside_[static_cast<std::size_t>(q)]; }
    void waited(work_queue q, std::chrono::nanoseconds how_long) noexcept;

    void left(work_queue q) noexcept { --inside_[static_cast<std::size_t>(q)]; }

    void look(time_point now) noexcept;

    // Whether a request may pass; counts it.
    bool admit(work_class c, time_point now) noexcept;

    // A request was refused for another reason, though it would be served on a better day.
    void refused(work_class c, time_point now) noexcept;

    // The lowest class that is served in full; none when not even registrations are.
    std::optional<work_class> served_down_to() const noexcept;
    bool sheds() const noexcept { return limited_; }
    const refusal_pressure& pressure() const noexcept { return pressure_; }

private:
    void close_window(time_point now) noexcept;
    void tighten(double capacity) noexcept;
    void loosen() noexcept;
    void share_out(const std::array<double, work_classes>& offered) noexcept;
    void forget_if_calm(double windows) noexcept;

    const shedding_settings settings_;
    time_point window_began_{};
    std::array<std::chrono::nanoseconds, work_queues> least_wait_{no_wait_seen, no_wait_seen};
    std::array<std::chrono::nanoseconds, work_queues> newest_wait_{};
    std::array<std::chrono::nanoseconds, work_queues> least_before_{};  // the window before
    std::array<std::uint32_t, work_queues> inside_{};
    std::array<std::uint32_t, work_queues> left_{};    // since it last told of a wait
    std::array<double, work_queues> windows_since_{};  // likewise
    std::array<std::uint32_t, work_classes> offered_{};
    std::uint32_t passed_ = 0;

    std::array<bool, work_queues> stood_{};  // in the last window that told anything
    bool limited_ = false;
    double allowed_ = 0;          // requests a window, when limited
    double peak_ = 0;             // most that passed in a window, of late
    double stood_at_ = 0;         // what passed when the queue last stood
    unsigned clear_windows_ = 0;  // in a row, beyond it
    double calm_windows_ = 0;     // in a row that refuse nothing
    refusal_pressure pressure_;
    std::array<double, work_classes> share_{1, 1, 1, 1, 1};
    std::array<double, work_classes> running_{};

    static constexpr std::chrono::nanoseconds no_wait_seen = std::chrono::nanoseconds::max();
};

}  // namespace doseline::net
