#pragma once

#include "loadtest/acks.hpp"
#include "loadtest/arrival_plan.hpp"
#include "loadtest/client_loop.hpp"
#include "loadtest/clinics.hpp"
#include "loadtest/load_counts.hpp"
#include "loadtest/request_book.hpp"

#include <array>
#include <atomic>
#include <barrier>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace doseline::loadtest {

// Where threads that have connected wait for each other, so that all begin the load at once.
class starting_line {
public:
    // all_there is called once, by whichever thread comes last, while the others wait.
    explicit starting_line(std::uint32_t threads, std::function<void()> all_there = {})
        : all_there_(std::move(all_there)), barrier_(threads, mark{this}) {}

    // Waits for all; the same time for every caller. Called once by each.
    time_point wait() {
        barrier_.arrive_and_wait();
        return begin_;
    }

private:
    struct mark {
        starting_line* line;
        void operator()() noexcept {
            if (line->all_there_) {
                line->all_there_();
            }
            line->begin_ = steady_clock::now();
        }
    };
    std::function<void()> all_there_;
    time_point begin_{};
    std::barrier<mark> barrier_;
};

// The same for all threads of a run.
struct load_plan {
    std::uint32_t threads = 1;
    std::uint32_t connections = 1;
    double rate = 1;  // requests a second, all threads together
    std::chrono::nanoseconds warmup{0};
    std::chrono::nanoseconds length{0};
    double reconnects = 0;  // a second, all threads together: idle ones are reset and come back
    std::uint32_t cut = 0;  // of the connections: reset when the measured lap begins
    std::uint32_t cut_threads = 0;  // of the threads: the first ones, which hold just these
    std::uint64_t seed = 0;
};

// One thread's clinics: they connect, a bounded number at a time, and each checks and registers
// once; then requests come when they are planned, on any connection that is free, for as long as
// the plan says. A request that finds none free waits for one, and its latency counts that.
// Connections that the plan resets are not counted as lost; who is to come back comes at once, with
// its session, and must get in. To reset very many takes this machine as long as the server needs
// for it; where a network fails, no client does any of it. So the threads that do stand back.
//
// Thread safety: as an actor, and as load_counts.
class clinic_load : public actor, public load_counts {
public:
    // The references must outlive it. acks may be null.
    clinic_load(client_loop& loop, const request_writer& writer, const std::vector<clinic>& clinics,
                const load_plan& plan, std::uint32_t thread, starting_line& line, ack_writer* acks);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    live_count cut;       // reset by the plan, for good
    live_count returned;  // reset by the plan and open again
    live_count finished;  // 1 when the plan is over and connections may be closed, but for the cut

private:
    enum class phase : std::uint8_t { connecting, loading, finishing };
    static constexpr std::uint32_t nowhere = ~0u;

    struct place {
        std::uint32_t clinic = 0;
        std::uint32_t in_idle = nowhere;  // index in idle_
        bool opened = false;
        bool setting_up = false;
        bool returning = false;
    };

    void connect_more(time_point now);
    bool connecting_is_over() const noexcept;
    connection_id open(std::uint32_t clinic, const tls_session& resumed = {});
    void begin_load();
    time_point reset_due(time_point now);
    time_point cut_due(time_point now);
    connection_id take_idle();
    time_point send_due();
    bool next_lap(time_point now);
    void give_up_unsent();
    void finish();
    void send_planned(time_point planned_at, time_point now);
    void send(connection_id id, request what, lap of, time_point planned_at);
    std::uint64_t next_number() noexcept;
    void rest(connection_id id);
    void leave_idle(connection_id id);
    tally& tally_of(lap of) noexcept { return tallies[static_cast<std::size_t>(of)]; }

    client_loop& loop_;
    const request_writer& writer_;
    const std::vector<clinic>& clinics_;
    const load_plan plan_;
    const std::uint32_t thread_;
    const bool is_cut_;           // its connections
    const std::uint32_t peers_;   // threads that share these or the others, this one included
    const std::uint32_t number_;  // among them
    const std::uint32_t connections_end_;
    starting_line& line_;
    request_book book_;

    phase phase_ = phase::connecting;
    std::vector<place> places_;        // by connection
    std::vector<connection_id> idle_;  // in no order
    random_source random_;
    std::uint64_t numbers_ = 0;  // requests made, which names their people and keys
    std::uint32_t next_connection_;
    std::uint32_t setting_up_ = 0;
    std::uint32_t returning_ = 0;
    std::optional<time_point> connecting_since_;
    time_point last_progress_{};
    lap lap_ = lap::warmup;
    arrival_plan arrivals_{0, std::chrono::nanoseconds{1}, 0};
    arrival_plan reconnects_{0, std::chrono::nanoseconds{1}, 0};
    time_point load_begin_{};
    time_point begin_{};  // of the lap's plan
    time_point end_{};    // of the whole plan
    std::chrono::nanoseconds cpu_begin_{0};
};

}  // namespace doseline::loadtest
