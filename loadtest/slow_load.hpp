#pragma once

#include "loadtest/client_loop.hpp"
#include "loadtest/clinic_load.hpp"
#include "loadtest/hostile_peer.hpp"
#include "loadtest/judgement.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>

namespace doseline::loadtest {

struct slow_plan {
    std::uint32_t each = 1;              // peers of each kind
    std::chrono::nanoseconds begins{0};  // after the starting line
    std::chrono::nanoseconds length{0};
    std::uint64_t seed = 0;
};

// What the peers of one kind did.
struct hostile_counts {
    std::uint64_t opened = 0;
    std::uint64_t turned_away = 0;
    double longest_seconds = 0;  // that one connection lived
};

// All hostile peers, on one thread of a lower priority. They all go, with a reset, when the plan
// has ended.
//
// Thread safety: as an actor; seen is for after the run.
class slow_load : public actor {
public:
    // The references must outlive it. Throws std::runtime_error as tls_client does.
    slow_load(const endpoint& server, const std::filesystem::path& authority,
              const hostile_texts& texts, const slow_plan& plan, starting_line& line);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id) override {}
    void answered(connection_id, const request&, const response&) override {}
    void lost(connection_id, failure, const request*) override {}

    std::array<hostile_counts, hostilities> seen;

private:
    void begin();
    void go_away(time_point now);

    const endpoint& server_;
    const tls_client tls_;
    const hostile_texts& texts_;
    const slow_plan plan_;
    starting_line& line_;
    std::optional<time_point> begin_;
    std::deque<hostile_peer> peers_;
    std::multimap<time_point, hostile_peer*> due_;
};

// What is left of them at the server, where it tells.
struct slow_traces {
    std::uint64_t connections_before = 0;
    std::uint64_t connections_after = 0;
    std::uint64_t memory_before = 0;  // bytes; 0: not known
    std::uint64_t memory_after = 0;
    std::uint64_t sockets_peak = 0;  // bytes of TCP buffers of this machine, both ends; not judged
};

struct slow_figures {
    double p99_without_ms = 0;  // of the others' answers
    double p99_with_ms = 0;
    double floor_ms = 0;  // what it may be in any case
    std::array<hostile_counts, hostilities> peers;
    std::optional<slow_traces> traces;
};

// The others' slowest hundredth grows at most by half (or stays below the floor), each kind was
// there and was not put up with for longer than the server's limits allow; and when all have gone
// the server has no connection more than before, and at most 15 % more memory.
void judge_slow(const slow_figures& seen, judgement& to);

}  // namespace doseline::loadtest
