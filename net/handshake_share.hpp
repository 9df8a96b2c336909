#pragma once

#include "core/limits.hpp"

#include <algorithm>
#include <cstddef>

namespace doseline::net {

// How many handshakes may wait for their turn at one of so many reactors, from 1 of each on. All
// that wait at any of them are signed for by the same cores: so where there are more reactors than
// cores, as many connections take, they share what the cores would have, and nobody's turn is the
// later for their number. A reactor signs on one thread: more cores are of no use to it.
constexpr std::size_t handshakes_waiting(std::size_t reactors, std::size_t cores) noexcept {
    static_assert(core::limits::handshakes_waiting_max >= core::limits::reactors_max);
    return core::limits::handshakes_waiting_max * std::min(cores, reactors) / reactors;
}

}  // namespace doseline::net
