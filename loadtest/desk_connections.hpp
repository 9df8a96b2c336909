#pragma once

#include "loadtest/client_loop.hpp"
#include "loadtest/load_counts.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace doseline::loadtest {

// The connections of a thread's desks, one each with one request at a time: opened a bounded number
// at a time before the load, a storm is another scenario's business, and again when one was lost
// and is needed. Whoever is told to wait pauses.
//
// Thread safety: its loop's thread.
class desk_connections {
public:
    // What opens and what is lost is counted. The references must outlive it.
    desk_connections(client_loop& loop, load_counts& counts) : loop_(loop), counts_(counts) {}

    // Desks have numbers from 0 on. REQUIRES: connect_all() has not been called.
    void add_desks(std::uint32_t how_many) { doors_.resize(doors_.size() + how_many); }

    // Before the load. True: each has been tried, and connecting_time is counted.
    bool connect_all(time_point now);

    // False: it pauses, waits for an answer or is opening, which begins here if need be.
    bool can_send(std::uint32_t desk);
    void send(std::uint32_t desk, request what);  // REQUIRES: can_send(desk)

    // As a PC that is switched off. Nothing happens when there is no connection.
    void drop(std::uint32_t desk);

    void pause(std::uint32_t desk, time_point until);
    std::optional<std::uint32_t> end_pause(time_point now);  // one whose pause is over
    std::optional<time_point> next_end() const noexcept;     // of a pause

    // What the loop tells an actor; each gives the desk that it is about.
    std::uint32_t opened(connection_id id);
    std::uint32_t answered(connection_id id, const response& answer);
    std::uint32_t lost(connection_id id, failure why);

    // Its connections did not open so often in a row that the server is not there for this desk. It
    // has one more try from here on.
    bool gives_up(std::uint32_t desk);

private:
    struct door {
        std::optional<connection_id> connection;  // opening or open
        bool open = false;
        bool ready = false;  // open, and nothing in flight
        bool pausing = false;
        unsigned closed = 0;  // times that it did not open, in a row
    };

    void connect(std::uint32_t desk);

    client_loop& loop_;
    load_counts& counts_;
    std::vector<door> doors_;             // by desk
    std::vector<std::uint32_t> desk_of_;  // by connection
    std::uint32_t next_ = 0;              // to be connected first
    std::uint32_t opening_ = 0;
    std::optional<time_point> since_;
    bool all_tried_ = false;
    std::multimap<time_point, std::uint32_t> pauses_;  // desks
};

}  // namespace doseline::loadtest
