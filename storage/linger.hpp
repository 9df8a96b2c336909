#pragma once

#include "core/limits.hpp"

#include <chrono>
#include <cstddef>

namespace doseline::storage {

// How many commands come in a second, of late: each counts less with every memory that passes.
// A committer that looks at the batch in its hands alone never learns that it is busy: one that
// commits two commands at once soon finds two more, and pays a sync for every pair of them.
class arrival_rate {
public:
    static constexpr std::chrono::milliseconds memory{50};

    void note(std::size_t commands, std::chrono::steady_clock::time_point now) noexcept;
    double per_second() const noexcept { return per_second_; }

private:
    std::chrono::steady_clock::time_point last_{};
    double per_second_ = 0;
};

// How long to wait for more before a commit. With none in hand, not at all; at a rate that would
// bring no more than a few, not at all: who asks alone is answered at once. Up to
// limits::linger_max under load; less the fuller the batch is, and the fewer would come.
std::chrono::microseconds linger_for(std::size_t commands, double per_second) noexcept;

}  // namespace doseline::storage
