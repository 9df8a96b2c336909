#pragma once

#include "loadtest/acks.hpp"
#include "loadtest/client_loop.hpp"
#include "loadtest/tally.hpp"

#include <cstdint>
#include <deque>
#include <functional>
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

// Where the rows to send again come from; called by several threads. Nothing: there are no more.
using row_source = std::function<std::optional<ack_line>()>;

// One thread that sends registrations again, each as soon as a connection is free. Refusals and
// lost connections are tried again a few times. Rows with a sequence number were acknowledged, and
// the answer is compared; the others were never answered, and the answer settles them.
//
// Thread safety: as an actor; the counts may be read meanwhile.
class replayer : public actor {
public:
    // The references must outlive it. What is settled goes into the record, which may be null when
    // no row needs it.
    replayer(client_loop& loop, const request_writer& writer, const clinic_index& clinics,
             row_source rows, std::uint32_t connections, ack_writer* record = nullptr);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    live_count same;
    live_count gone;  // lost by the server
    live_count changed;
    live_count unanswered;
    live_count settled_before;  // had been recorded, only the answer was lost
    live_count settled_now;     // had not been recorded

private:
    struct row {
        ack_line line;
        unsigned tries = 0;
        time_point not_before{};
    };

    std::optional<row> next_row(time_point now);
    void settle(const ack_line& line, const response& answer);
    void again(row r, std::chrono::seconds later);
    void give_up();

    client_loop& loop_;
    const request_writer& writer_;
    const clinic_index& clinics_;
    const row_source rows_;
    const std::uint32_t connections_wanted_;
    ack_writer* const record_;
    std::uint32_t connections_ = 0;  // open or opening
    unsigned refused_in_a_row_ = 0;  // connections lost before they were of use
    bool read_all_ = false;
    std::vector<connection_id> idle_;
    std::vector<std::optional<row>> in_flight_;  // by connection
    std::uint64_t in_flight_count_ = 0;
    std::deque<row> again_;
};

}  // namespace doseline::loadtest
