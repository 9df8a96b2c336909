#pragma once

#include "core/published.hpp"
#include "net/shed_classes.hpp"

#include <chrono>
#include <string>

namespace doseline::net {

// Looks now and then at what is refused without an operator having said so, and tells what has
// changed: the one thing that he must know while clinics telephone.
class serving_report {
public:
    using time_point = std::chrono::steady_clock::time_point;

    serving_report(const core::published& state, const shed_classes& shed)
        : state_(state), shed_(shed) {}

    // Empty when nothing has.
    std::string since_last(time_point now);

private:
    const core::published& state_;
    const shed_classes& shed_;
    core::shortage short_of_ = core::shortage::none;
    bool commit_stalled_ = false;
    class_set refused_{};  // for load
};

}  // namespace doseline::net
