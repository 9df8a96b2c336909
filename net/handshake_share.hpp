#pragma once

#include "core/limits.hpp"

#include <algorithm>
#include <cstddef>

namespace doseline::net {

// How many handshakes may be in one state at one of so many reactors, where a core may have so
// many, from 1 of each on. Whatever waits at any of them is signed for by the same cores: so where
// there are more reactors than cores, as many connections take, they share what the cores would
// have, and nobody's turn is the later for their number. A reactor signs on one thread: more cores
// are of no use to it.
constexpr std::size_t handshake_share(std::size_t a_core, std::size_t reactors,
                                      std::size_t cores) noexcept {
    return a_core * std::min(cores, reactors) / reactors;
}

static_assert(core::limits::handshakes_waiting_max >= core::limits::reactors_max);
static_assert(core::limits::handshakes_answered_max >= core::limits::reactors_max);

}  // namespace doseline::net
