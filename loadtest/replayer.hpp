#pragma once

#include "loadtest/acks.hpp"
#include "loadtest/client_loop.hpp"
#include "loadtest/tally.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace doseline::loadtest {

using clinic_index = std::unordered_map<std::string, std::uint32_t>;  // by code

enum class verdict : std::uint8_t {
    same,        // acknowledged again, with the same id, receipt and sequence number
    lost,        // recorded anew: the server did not know it
    changed,     // known, but told otherwise
    try_again,   // refused for now
    unanswered,  // the answer says nothing about it
};

// What an answer to a registration that was acknowledged before says about the server's memory.
verdict compare(const acknowledgement& before, const response& answer);

// One thread that sends acknowledged registrations again, each as soon as a connection is free.
// Refusals and lost connections are tried again a few times.
//
// Thread safety: as an actor; the counts may be read meanwhile.
class replayer : public actor {
public:
    // The references must outlive it; the reader is shared with other threads.
    replayer(client_loop& loop, const request_writer& writer, const clinic_index& clinics,
             ack_reader& acks, std::uint32_t connections);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    live_count same;
    live_count gone;  // lost by the server
    live_count changed;
    live_count unanswered;

private:
    struct row {
        ack_line line;
        unsigned tries = 0;
        time_point not_before{};
    };

    std::optional<row> next_row(time_point now);
    void again(row r, std::chrono::seconds later);
    void give_up();

    client_loop& loop_;
    const request_writer& writer_;
    const clinic_index& clinics_;
    ack_reader& acks_;
    const std::uint32_t connections_wanted_;
    std::uint32_t connections_ = 0;  // open or opening
    unsigned refused_in_a_row_ = 0;  // connections lost before they were of use
    bool read_all_ = false;
    std::vector<connection_id> idle_;
    std::vector<std::optional<row>> in_flight_;  // by connection
    std::uint64_t in_flight_count_ = 0;
    std::deque<row> again_;
};

}  // namespace doseline::loadtest
