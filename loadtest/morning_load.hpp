#pragma once

#include "loadtest/clinic_load.hpp"
#include "loadtest/day_curve.hpp"
#include "loadtest/desk_connections.hpp"
#include "loadtest/request_book.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace doseline::loadtest {

// The same for all threads of a morning.
struct morning_plan {
    std::uint32_t threads = 1;
    std::uint32_t connections = 1;  // clinics at their desks, one connection each
    std::vector<curve_interval> curve;
    double busiest_rate = 1;  // patients a second, all threads together
    double speed = 1;
    std::uint64_t seed = 0;
};

// One thread's clinics on a day that follows a curve. A patient comes to a clinic, is checked (2 %
// with mistyped digits first), vaccinated, and registered at the same clinic; 23 % need an
// exception. A clinic that has no answer after its patience hangs up, connects anew and sends the
// same key again; one that is refused asks again when it was told to.
//
// Thread safety: as an actor, and as load_counts.
class morning_load : public actor, public load_counts {
public:
    // The references must outlive it. acks may be null.
    morning_load(client_loop& loop, const request_writer& writer,
                 const std::vector<clinic>& clinics, const morning_plan& plan, std::uint32_t thread,
                 starting_line& line, ack_writer* acks);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    // After the run.
    live_count impatient;    // hung up on, and sent again
    live_count asked_again;  // refused, and sent again
    live_count patients;
    live_count exceptions;
    live_count mistyped;
    std::vector<std::uint64_t> registered;  // by part of the plan, when the answer came
    const curve_plan& day() const noexcept { return day_; }

private:
    struct task {
        request what;
        std::uint64_t number = 0;  // of the patient
        unsigned tries = 0;        // sent so often
        bool in_doubt = false;     // sent once, and never answered
    };
    // A clinic's desk: one connection, one request at a time, the others in order behind it.
    struct desk {
        std::uint32_t clinic = 0;
        std::uint64_t turn = 0;  // counts sendings; outdates deadlines
        std::deque<task> queue;  // the front one may be in flight
    };
    struct deadline {
        time_point at;
        std::uint32_t desk;
        std::uint64_t turn;
    };

    void arrive(time_point due);
    void enqueue(std::uint32_t desk_index, task t);
    void serve(std::uint32_t desk_index);
    void finish_front(std::uint32_t desk_index);
    void give_up(std::uint32_t desk_index, failure why);
    void hang_up_due(time_point now);
    void wake_due(time_point now);
    time_point next_wake(time_point now) const noexcept;

    const request_writer& writer_;
    const morning_plan& plan_;
    const std::uint32_t thread_;
    starting_line& line_;
    request_book book_;
    desk_connections doors_;
    curve_plan day_;
    random_source random_;
    std::vector<desk> desks_;
    std::optional<time_point> begin_;
    std::uint64_t numbers_ = 0;
    std::uint64_t open_tasks_ = 0;  // in queues or waiting for their time
    std::deque<deadline> deadlines_;
    std::multimap<time_point, std::pair<std::uint32_t, task>> injected_;  // to be registered
    std::chrono::nanoseconds cpu_begin_{0};
};

}  // namespace doseline::loadtest
