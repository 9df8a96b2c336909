#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

// What the report shows of the server's own metrics; counters count from its start.
struct server_figures {
    // Commits with at most so many records, and more than the row before has.
    struct batch_row {
        std::optional<double> up_to;  // nothing: more than any row before
        std::uint64_t commits = 0;
    };

    std::uint64_t connections = 0;
    std::uint64_t commits = 0;
    std::uint64_t records = 0;  // of all commits
    std::vector<batch_row> by_size;
};

// From the text of /metrics. Nothing when one of the figures is missing.
std::optional<server_figures> read_figures(std::string_view metrics);

// What happened from one to the other; a counter that went back has begun anew, so that a server
// which was restarted counts from its start. `connections` is the later one's.
server_figures between(const server_figures& before, const server_figures& after);

}  // namespace doseline::loadtest
