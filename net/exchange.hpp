#pragma once

#include "net/framing.hpp"
#include "net/handler.hpp"
#include "net/row_sheet.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace doseline::net {

// A request in hand and what it is answered with, with the buffers of both. An idle connection has
// none; a reactor keeps some to use again, so that a request costs no allocation.
struct exchange {
    std::vector<char> room;    // for what is read; never shorter than it was
    std::size_t received = 0;  // bytes in it: header and body, and what came behind them
    std::string output;        // the answer
    std::size_t written = 0;   // of the answer
    std::size_t looked_at = 0;
    std::size_t header_bytes = 0;
    framed frame;
    request whole;                    // views of room
    pending asked;                    // of the committer
    std::unique_ptr<row_sheet> rows;  // instead, of a request that asks for several things
    route_facts facts;
    unsigned status = 0;
    std::chrono::steady_clock::time_point began;     // the header was there
    std::chrono::steady_clock::time_point lined_up;  // since when it waits to be served
    std::uint32_t behind = 0;                        // so many
    bool shed = false;     // its class is refused: unread, or a form in place of being submitted
    bool refused = false;  // for now: it may come again
    std::chrono::seconds told_to_wait{1};  // at least, when refused
    bool close = false;
    bool unread = false;  // what was sent is not read, and the connection ends with it
    bool head_only = false;

    std::string_view input() const noexcept { return {room.data(), received}; }
    void clear() noexcept;  // keeps the buffers
};

// The exchanges that nobody uses. Its reactor's alone.
class exchange_pool {
public:
    std::unique_ptr<exchange> take();
    // Large ones, and more than a burst needs, go back to the heap.
    void give(std::unique_ptr<exchange> x);

private:
    std::vector<std::unique_ptr<exchange>> spare_;
};

// What handlers may look at of a header.
request request_of(const header_view& head, const core::network_address& peer);

}  // namespace doseline::net
