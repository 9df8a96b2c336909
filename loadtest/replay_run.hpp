#pragma once

#include "loadtest/replayer.hpp"
#include "loadtest/scenario.hpp"

#include <cstdint>

namespace doseline::loadtest {

// What became of rows that were sent again, all threads together.
struct replay_counts {
    std::uint64_t same = 0;
    std::uint64_t lost = 0;
    std::uint64_t changed = 0;
    std::uint64_t unanswered = 0;
    std::uint64_t settled_before = 0;
    std::uint64_t settled_now = 0;

    std::uint64_t compared() const noexcept { return same + lost + changed; }
};

// Sends the rows on new connections, at most this many at a time, and returns when each has its
// end. See replayer. Throws as fleet does.
replay_counts send_again(const setting& here, const row_source& rows, std::uint32_t connections,
                         ack_writer* record);

}  // namespace doseline::loadtest
