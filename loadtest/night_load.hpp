#pragma once

#include "loadtest/clinic_load.hpp"
#include "loadtest/desk_connections.hpp"
#include "loadtest/evening.hpp"
#include "loadtest/paper_forms.hpp"
#include "loadtest/request_book.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace doseline::loadtest {

// One thread's clinics on an evening: see plan_evening(). A clinic begins when it likes; what is
// due while its PC still waits for an answer waits, and its latency counts that. Rows that are
// refused for now are sent again after a pause, as is all that was not answered. What the answers
// say of the forms is told by forms().
//
// Thread safety: as an actor, and as load_counts.
class night_load : public actor, public load_counts {
public:
    // The references must outlive it.
    night_load(client_loop& loop, const request_writer& writer, const std::vector<clinic>& clinics,
               const night_plan& plan, std::uint32_t thread, starting_line& line, ack_writer& acks);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    const paper_forms& forms() const noexcept { return forms_; }
    live_count rows_refused;  // for now, by any code; sent again
    live_count over_cap;      // of these for the clinic's own cap
    live_count rows_wrong;    // answered otherwise than by a receipt, and not sent again

private:
    struct errand {
        time_point due{};
        bool alone = false;
        bool wrong = false;                // some row will never be answered well
        unsigned tries = 0;                // sent so often
        std::vector<std::uint32_t> forms;  // those that want an answer
    };
    // One PC: one request at a time, the others in order behind it.
    struct desk {
        std::deque<errand> queue;  // the front one may be in flight
    };
    struct appointment {
        std::chrono::nanoseconds at;
        std::uint32_t desk;
        errand what;
    };

    void make_appointments(std::uint32_t place);
    void serve(std::uint32_t desk_index);
    request write(const errand& e) const;
    bool take_batch(desk& d, const response& answer);
    void pause(std::uint32_t desk_index, std::chrono::seconds told, time_point now);
    void finish_front(desk& d);
    void give_up(std::uint32_t desk_index, failure why);
    void wake_due(time_point now);
    void close_books(time_point now);

    const request_writer& writer_;
    const night_plan& plan_;
    starting_line& line_;
    request_book book_;
    desk_connections doors_;
    paper_forms forms_;
    std::vector<desk> desks_;                // pcs_a_clinic a clinic of this thread
    std::vector<appointment> appointments_;  // ascending
    std::size_t next_appointment_ = 0;
    std::uint64_t waiting_ = 0;  // errands in queues
    std::optional<time_point> begin_;
    std::chrono::nanoseconds cpu_begin_{0};
};

}  // namespace doseline::loadtest
