#pragma once

#include <algorithm>
#include <chrono>

namespace doseline::net {

// How long what is ready waits in the kernel until it is read, told by a probe: one that becomes
// ready now is behind all that are ready, and is read after them. None is sent while all that is
// ready is read at once.
//
// Thread safety: none; its reactor's. Reads no clock.
class unread_wait {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // What was ready has been read; perhaps there is more, and perhaps the probe was in it. True: a
    // probe is to be sent.
    bool batch_ends(bool more, bool probe_is_back, time_point now) noexcept {
        if (!more) {
            probe_is_out_ = false;
            value_ = {};
            return false;
        }
        if (probe_is_out_) {
            // Also of one that is not back: it waits as long at least.
            const std::chrono::nanoseconds waited = now - sent_;
            value_ = probe_is_back ? waited : std::max(value_, waited);
        }
        if (probe_is_out_ && !probe_is_back) {
            return false;
        }
        probe_is_out_ = true;
        sent_ = now;
        return true;
    }

    std::chrono::nanoseconds value() const noexcept { return value_; }

private:
    bool probe_is_out_ = false;
    time_point sent_{};
    std::chrono::nanoseconds value_{0};
};

}  // namespace doseline::net
