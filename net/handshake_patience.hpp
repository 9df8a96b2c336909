#pragma once

#include <algorithm>
#include <chrono>

namespace doseline::net {

// How long the client's end of a handshake is waited for while others wait for its place.
//
// Who is silent among the quick goes soon: a fifth of the whole time has gone many times the
// longest way round the world. But where the way to all of them is slow, each stands behind the
// others, and whoever has waited longest comes next: to take its place then would throw away what
// both ends have done, and whoever gets that place meets the same, for ever. So it is a multiple of
// what those needed who came to their end of late.
//
// Thread safety: none; its reactor's. Reads no clock.
class handshake_patience {
public:
    using milliseconds = std::chrono::milliseconds;

    // A client has come to its end, so long after its turn began.
    void ended_after(milliseconds time) noexcept {
        constexpr double newest = 1.0 / 64;
        usual_ms_ += newest * (static_cast<double>(time.count()) - usual_ms_);
    }

    // Of a handshake's whole time, at whose end it is over all the same.
    milliseconds of(milliseconds whole) const noexcept {
        constexpr int parts = 5;
        constexpr double times = 4;
        const milliseconds usual{static_cast<milliseconds::rep>(times * usual_ms_)};
        return std::clamp(usual, whole / parts, whole);
    }

private:
    double usual_ms_ = 0;
};

}  // namespace doseline::net
