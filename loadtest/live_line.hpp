#pragma once

#include "loadtest/clinic_load.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace doseline::loadtest {

// How a load is getting on, in one line, for who watches.
class live_line {
public:
    // The loads must outlive it.
    explicit live_line(std::vector<const load_counts*> loads);
    explicit live_line(std::span<const std::unique_ptr<clinic_load>> loads);

    // Rates count from the call before. May be called while the loads run.
    std::string next();

private:
    std::vector<const load_counts*> loads_;
    std::uint64_t last_sent_ = 0;
    std::uint64_t last_succeeded_ = 0;
    std::chrono::nanoseconds last_cpu_;
    time_point last_at_;
};

}  // namespace doseline::loadtest
