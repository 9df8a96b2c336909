#pragma once

#include "loadtest/clinic_load.hpp"
#include "loadtest/judgement.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace doseline::loadtest {

struct hog_plan {
    std::uint32_t clinic = 0;  // index in the clinics file
    std::uint32_t connections = 1;
    double rate = 1;                     // requests a second
    std::chrono::nanoseconds begins{0};  // after the starting line
    std::chrono::nanoseconds length{0};
    std::uint64_t seed = 0;
};

// One clinic's software that asks in a loop, at an even pace over several connections, whatever it
// is told: no pause after a refusal, a new connection for one that was closed. What finds no
// connection free is sent when one is, and what does not come to it within the plan is not sent.
//
// Thread safety: as an actor; the counts may be read meanwhile.
class hog_load : public actor {
public:
    // The references must outlive it.
    hog_load(client_loop& loop, const request_writer& writer, const hog_plan& plan,
             starting_line& line);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    live_count sent;
    live_count served;      // answered as a check is
    live_count capped;      // 429
    live_count waited;      // 503: refused as anybody is
    live_count unexpected;  // any other answer
    live_count cut_off;     // connections lost, or not opened

private:
    void connect_more();
    time_point send_due();

    client_loop& loop_;
    const request_writer& writer_;
    const hog_plan plan_;
    starting_line& line_;
    std::uint32_t connections_ = 0;  // open or opening
    std::uint32_t opening_ = 0;
    unsigned closed_doors_ = 0;  // connections that did not open, in a row
    std::uint32_t in_flight_ = 0;
    std::vector<connection_id> idle_;
    std::optional<time_point> begin_;
};

// What a run with a hog in its second half is judged by.
struct hog_figures {
    double p99_without_ms = 0;  // of the others' answers
    double p99_with_ms = 0;
    double floor_ms = 0;  // what it may be in any case
    std::uint64_t others_refused = 0;
    double seconds = 0;  // of the hog
    std::uint64_t sent = 0;
    std::uint64_t served = 0;
    std::uint64_t capped = 0;
    std::uint64_t unexpected = 0;
};

// The others' slowest hundredth grows at most by a fifth (or stays below the floor), none of them
// is refused, and the hog is held to its cap: it got no more, and was refused if it asked for more.
void judge_hog(const hog_figures& seen, judgement& to);

}  // namespace doseline::loadtest
