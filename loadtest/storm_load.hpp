#pragma once

#include "loadtest/client_loop.hpp"
#include "loadtest/clinic_load.hpp"
#include "loadtest/histogram.hpp"
#include "loadtest/judgement.hpp"
#include "loadtest/random.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace doseline::loadtest {

// The same for all threads of a storm.
struct storm_plan {
    std::uint32_t threads = 1;
    std::uint32_t clients = 1;
    std::chrono::nanoseconds begins{0};  // after the starting line
    std::chrono::nanoseconds stays{0};   // after its begin, so that nobody hangs up meanwhile
    std::chrono::nanoseconds patience{std::chrono::minutes{1}};  // who is not in by then gives up
    std::uint64_t seed = 0;
};

// Every so many of them comes back without what it knew of the server: a PC that was started anew.
inline constexpr std::uint32_t full_handshake_every = 4;

// One thread's clients of a storm. They come in, a bounded number at a time, each makes one check
// and stays; then all lose their connections in the same moment, as behind a network that fails,
// and come back at once, with the sessions that they had, each with one check. Who does not get in
// comes again after a random pause that grows; who is told to wait asks again when it was told,
// and a random part of a second later.
//
// Thread safety: as an actor; the counts may be read meanwhile.
class storm_load : public actor {
public:
    // The references must outlive it.
    storm_load(client_loop& loop, const request_writer& writer, const std::vector<clinic>& clinics,
               const storm_plan& plan, std::uint32_t thread, starting_line& line);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    live_count in;          // before the storm
    live_count never_in;    // did not get in before it
    live_count back;        // their check is answered
    live_count stayed_out;  // gave up
    live_count dropped;     // by the server: who was in, or back
    live_count unexpected;  // answers to a check that are neither one nor a refusal
    live_count full;        // back with a handshake in full
    live_count came_again;  // tries after the first
    live_count told_to_wait;

    // After the run.
    histogram times_back;                  // nanoseconds from the cut, of each
    std::chrono::nanoseconds all_back{0};  // from the cut to the last one's answer

private:
    enum class phase : std::uint8_t { coming_in, calm, storm };
    enum class state : std::uint8_t { outside, opening, asking, waiting, inside, gone };
    struct client {
        std::uint32_t clinic = 0;
        connection_id connection = 0;  // meaningful unless outside
        state in = state::outside;
        unsigned tries = 0;  // of the storm
        tls_session session;
    };

    bool come_in(time_point now);
    void cut_all();
    void begin_due(time_point now);
    void open(std::uint32_t index);
    void ask(std::uint32_t index);
    void come_again(std::uint32_t index);
    void give_up(client& c);
    void end(live_count& as);
    bool has_waited_enough() const;
    time_point after(std::chrono::nanoseconds most);

    client_loop& loop_;
    const request_writer& writer_;
    const storm_plan plan_;
    const std::uint32_t thread_;
    starting_line& line_;
    random_source random_;
    phase phase_ = phase::coming_in;
    std::vector<client> clients_;
    std::vector<std::uint32_t> client_of_;          // by connection
    std::multimap<time_point, std::uint32_t> due_;  // clients that open or ask
    std::size_t next_ = 0;                          // to come in first
    std::size_t ended_ = 0;                         // of the phase
    std::uint32_t opening_ = 0;
    std::uint64_t checks_ = 0;
    std::optional<time_point> since_;  // of coming in, then of the storm
    time_point begin_{};               // of the storm
};

// What a storm is judged by beside the load of those who work meanwhile.
struct storm_figures {
    double p99_before_ms = 0;  // of the working ones' answers
    double p99_during_ms = 0;
    double floor_ms = 0;       // what it may be in any case
    double alone_seconds = 0;  // until all were back, with nobody working
    double seconds = 0;        // the same beside those who worked
    std::uint64_t clients = 0;
    std::uint64_t in_before = 0;  // of the storm in which fewer were
    std::uint64_t back_alone = 0;
    std::uint64_t back = 0;
    std::uint64_t dropped = 0;
    std::uint64_t unexpected = 0;
};

// What all may take to be back beside those who work: 1.3 times what they need when nobody works,
// and a second for those who come twice.
double storm_seconds_max(double alone_seconds) noexcept;

// The working ones' slowest hundredth at most doubles (or stays below the floor), all were in and
// are back in time, and none is dropped again.
void judge_storm(const storm_figures& seen, judgement& to);

}  // namespace doseline::loadtest
