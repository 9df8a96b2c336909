#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace doseline::loadtest {

// What a process of this machine has used so far.
struct process_use {
    std::chrono::nanoseconds cpu{0};  // of all its threads, user and kernel
    std::uint64_t memory = 0;         // bytes of its own that are resident (RssAnon)
};

// Nothing when there is no such process, or when /proc is not ours to read. The name must be what
// the process's own begins with, lest a number from another machine or container name a stranger.
std::optional<process_use> use_of(int process, std::string_view name);

}  // namespace doseline::loadtest
