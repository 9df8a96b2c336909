#pragma once

#include "loadtest/batch_answer.hpp"
#include "loadtest/clinic_load.hpp"
#include "loadtest/evening.hpp"
#include "loadtest/request_book.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace doseline::loadtest {

// The same for all threads of a night.
struct night_plan {
    std::uint32_t threads = 1;
    std::uint32_t clinics = 1;
    std::uint32_t forms_each = 1;
    std::chrono::nanoseconds length{0};  // within which clinics do this, if it suffices
    std::chrono::system_clock::time_point written_before{};  // no form was written later
    std::uint64_t seed = 0;
};

// One thread's clinics on an evening: see plan_evening(). A clinic begins when it likes; what is
// due while its PC still waits for an answer waits, and its latency counts that. Rows that are
// refused for now are sent again after a pause, as is all that was not answered. The first answer
// about a form is what every later one is held against.
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

    live_count acknowledged;  // forms
    live_count known;         // answers about a form like the one before
    live_count unlike;        // answers about a form that contradict the one before
    live_count rows_refused;  // for now, by any code; sent again
    live_count over_cap;      // of these for the clinic's own cap
    live_count rows_wrong;    // answered otherwise than by a receipt, and not sent again

private:
    struct form {
        acknowledgement given;  // seq 0: none yet
        bool sent = false;
        bool created = false;  // a 201 was seen
    };
    struct errand {
        time_point due{};
        bool alone = false;
        bool wrong = false;                // some row will never be answered well
        unsigned tries = 0;                // sent so often
        std::vector<std::uint32_t> forms;  // by index in forms_; those that want an answer
    };
    // One PC: one connection, one request at a time, the others in order behind it.
    struct desk {
        std::uint32_t place = 0;  // of the clinic among the night's
        std::optional<connection_id> connection;
        bool open = false;
        bool ready = false;         // open, and nothing in flight
        bool pausing = false;       // was told to wait
        unsigned closed_doors = 0;  // connections that did not open, in a row
        std::deque<errand> queue;   // the front one may be in flight
    };
    struct appointment {
        std::chrono::nanoseconds at;
        std::uint32_t desk;
        errand what;
    };

    void make_appointments(std::uint32_t place);
    bool connect_all(time_point now);
    void connect(std::uint32_t desk_index);
    void serve(std::uint32_t desk_index);
    request write(const desk& d, const errand& e) const;
    shot shot_of(std::uint32_t number) const;
    std::uint32_t clinic_of(const desk& d) const noexcept;
    bool take_batch(desk& d, const response& answer);
    void take_receipt(std::uint32_t number, bool created, acknowledgement given, bool on_file);
    void pause(std::uint32_t desk_index, std::chrono::seconds told, time_point now);
    void finish_front(desk& d);
    void give_up(std::uint32_t desk_index, failure why);
    void wake_due(time_point now);
    void close_books(time_point now);

    client_loop& loop_;
    const request_writer& writer_;
    const std::vector<clinic>& clinics_;
    const night_plan& plan_;
    const std::uint32_t thread_;
    starting_line& line_;
    ack_writer& acks_;
    request_book book_;
    std::vector<form> forms_;                // forms_each a clinic of this thread
    std::vector<desk> desks_;                // pcs_a_clinic a clinic of this thread
    std::vector<appointment> appointments_;  // ascending
    std::size_t next_appointment_ = 0;
    std::vector<std::uint32_t> desk_of_;  // by connection
    std::uint32_t next_desk_ = 0;         // to be connected first
    std::uint32_t opening_ = 0;
    std::uint64_t waiting_ = 0;                        // errands in queues
    std::multimap<time_point, std::uint32_t> pauses_;  // desks
    std::optional<time_point> connecting_since_;
    std::optional<time_point> begin_;
    std::chrono::nanoseconds cpu_begin_{0};
};

}  // namespace doseline::loadtest
