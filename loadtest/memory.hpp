#pragma once

#include "loadtest/scenario.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>

namespace doseline::loadtest {

// Memory of a server on this machine, and of this machine's kernel.
struct memory_sample {
    std::uint64_t server = 0;   // bytes of the server's own (anonymous, resident)
    std::uint64_t sockets = 0;  // bytes of TCP buffers, both ends of the loopback
    std::uint64_t slab = 0;     // bytes of kernel objects, whosever they are
};

// The server's process, from its admin listener. Nothing when there is no operator token, no
// answer, or when the server is on another machine. Waits at most 20 s.
std::optional<int> find_server(const setting& here);

// Nothing when /proc does not tell.
std::optional<memory_sample> sample_memory(int server);

// What each connection cost: bytes of the server, and bytes of the kernel for both ends of it.
boost::json::object memory_each(const memory_sample& before, const memory_sample& after,
                                std::uint64_t connections);

}  // namespace doseline::loadtest
