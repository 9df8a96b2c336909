#pragma once

#include "core/limits.hpp"
#include "net/handler.hpp"

#include <array>
#include <chrono>

namespace doseline::net {

// WAIT for requests that are refused before they are read, made once: refusing must cost next to
// nothing when there is most of it. Nothing is known of the person, so it says nothing of
// `vaccinate`; its text says on which condition the injection may go ahead.
class unread_refusals {
public:
    unread_refusals();

    // Outlived by this. REQUIRES: 1 s <= come_again <= limits::retry_after_max.
    reply wait(language lang, std::chrono::seconds come_again) const noexcept;

private:
    static constexpr auto most = static_cast<std::size_t>(core::limits::retry_after_max.count());
    std::array<std::array<prebuilt_reply, most>, 2> made_;  // Korean, English; seconds
};

}  // namespace doseline::net
