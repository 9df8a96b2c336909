#pragma once

#include "loadtest/arrival_plan.hpp"
#include "loadtest/client_loop.hpp"
#include "loadtest/clinic_load.hpp"
#include "loadtest/judgement.hpp"
#include "loadtest/request_book.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace doseline::loadtest {

// A time in which so much is offered.
struct overload_step {
    unsigned percent = 0;  // of the capacity
    double rate = 0;       // fresh requests a second, all threads together
    std::chrono::nanoseconds length{0};
    bool changing = false;  // the load has just changed
};

// The same for all threads of an overload.
struct overload_plan {
    std::uint32_t threads = 1;
    std::uint32_t connections = 1;
    std::vector<overload_step> steps;  // one after the other, without a pause
    std::uint64_t seed = 0;
    bool come_again = true;  // who is refused
};

// What was answered, or done, while a step lasted, to requests of whichever step.
struct step_counts {
    live_count offered;  // fresh requests that were due
    live_count late;     // of these, which this client did not come to within the step
    live_count sent;     // also those sent again
    live_count sent_again;
    live_count registered;
    live_count checked;
    live_count in_time;  // of these within a second of when they were first due
    live_count refused;  // every time that one was
    live_count failed;
    histogram accepted;  // nanoseconds from the sending to the answer; for after the run
    histogram refusals;  // the same
};

// One thread's clinics, which ask for more than there is. Fresh requests are due when they are
// planned, half checks, half registrations, at any clinic that is free; with none free they are
// not sent, since everybody waits as he was told. What is refused is asked again by its clinic,
// on its connection, when it was told and a random part of a second later, for half a minute.
// Clinics that do not come again wait as long, and then ask for somebody else.
// Times count from each sending: this client has fewer processors than the clinics that it plays.
//
// Thread safety: as an actor, and as load_counts.
class overload_load : public actor, public load_counts {
public:
    // The references must outlive it.
    overload_load(client_loop& loop, const request_writer& writer,
                  const std::vector<clinic>& clinics, const overload_plan& plan,
                  std::uint32_t thread, starting_line& line, ack_writer& acks);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    std::deque<step_counts> steps;  // one more than planned: what comes after them

private:
    struct place {
        std::uint32_t clinic = 0;
        bool opened = false;
        time_point sent{};               // meaningful while a request is in flight
        std::optional<request> refused;  // to be asked again
    };

    bool connect_more();
    void begin();
    void go_to_step_of(time_point now);
    void plan_due(time_point now);
    void ask_again_due(time_point now);
    void end_waiting(time_point now);
    void send(connection_id id, request what, time_point now);
    std::uint64_t share_of(double all) const noexcept;

    client_loop& loop_;
    const request_writer& writer_;
    const std::vector<clinic>& clinics_;
    const overload_plan& plan_;
    const std::uint32_t thread_;
    starting_line& line_;
    request_book book_;
    random_source random_;
    std::vector<place> places_;       // by connection
    std::deque<connection_id> idle_;  // who has rested longest comes first
    std::uint32_t next_connection_;
    std::uint32_t opening_ = 0;
    std::uint64_t numbers_ = 0;  // requests made, which name their people and keys
    std::size_t step_ = 0;
    arrival_plan arrivals_{0, std::chrono::nanoseconds{1}, 0};
    std::multimap<time_point, connection_id> again_;
    std::optional<time_point> begin_;
    time_point step_begin_{};
    std::chrono::nanoseconds cpu_begin_{0};
};

// A step of all threads together, or several of the same load; a second.
struct measured_step {
    unsigned percent = 0;
    double offered = 0;
    double late = 0;
    double sent = 0;
    double registered = 0;
    double refused = 0;
    double failed = 0;
    double accepted_p99_ms = 0;
    double refusal_p99_ms = 0;
    bool changing = false;
};

// What is done is never less than goodput_min of the most that was done in a step (or of what was
// offered and this client came to), what is accepted is answered in limit_ms and what is refused in
// a fifth of that, 99 % of each; and the last step is as if nothing had been. While the load
// changes, it may take four times as long. Nothing ever fails.
// REQUIRES: two steps that are not changing, the last of all with less than the capacity.
void judge_overload(std::span<const measured_step> steps, double goodput_min, double limit_ms,
                    judgement& to);

}  // namespace doseline::loadtest
