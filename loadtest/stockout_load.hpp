#pragma once

#include "loadtest/arrival_plan.hpp"
#include "loadtest/client_loop.hpp"
#include "loadtest/clinic_load.hpp"
#include "loadtest/request_book.hpp"
#include "loadtest/stock_book.hpp"
#include "loadtest/stock_movement.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace doseline::loadtest {

// The same for all threads of a stockout.
struct stockout_plan {
    std::uint32_t threads = 1;
    std::uint32_t clinics = 1;  // of them; >= threads
    double rate = 1;            // requests a second, all threads together
    std::chrono::nanoseconds length{0};
    std::uint64_t seed = 0;
};

// One thread's clinics on the days on which vaccine runs out. Each has one connection and one
// request at a time, so that its stock after every answer is known here beforehand: a stock_book.
// Requests come when they are planned, each at a clinic chosen at random: of sixteen one asks for
// the stock, one for the totals, one moves stock, and thirteen register, whether there is stock or
// not. Movements are what a clinic would do: it confirms what others have sent, assigns to a lot
// what it gave before that came, sends half of what it has to a clinic with less, confirms a
// delivery that nobody announced, or counts. Transfers go to clinics of the same thread. At the
// end each asks for its stock once more.
//
// Thread safety: as an actor, and as load_counts.
class stockout_load : public actor, public load_counts {
public:
    // The references must outlive it.
    stockout_load(client_loop& loop, const request_writer& writer,
                  const std::vector<clinic>& clinics, const stockout_plan& plan,
                  std::uint32_t thread, starting_line& line, ack_writer& acks);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    live_count below_zero;        // shots registered with nothing on hand
    live_count moved;             // movements recorded
    live_count stock_refusals;    // registrations refused otherwise than for now
    live_count wrong_remaining;   // registrations that did not lower what is left by one
    live_count wrong_flags;       // registrations that were told otherwise than the stock says
    live_count wrong_movements;   // movements after which the server's stock is another
    live_count wrong_polls;       // of stock or totals, those before the load too
    live_count agreeing_clinics;  // whose stock at the end is what it must be

    // After the run: doses that movements added to what is left, over all clinics.
    std::int64_t brought = 0;

private:
    enum class task : std::uint8_t {
        first_stock,
        first_totals,
        registration,
        stock,
        totals,
        movement,
        last_stock
    };
    enum class state : std::uint8_t { opening, idle, busy, ended, gone };
    struct errand {
        task what = task::first_stock;
        time_point due{};
    };
    // At the desk of a clinic.
    struct desk {
        std::uint32_t clinic = 0;
        connection_id connection = 0;
        state in = state::opening;
        bool ready = false;  // knows what it begins with
        stock_book book;
        std::int64_t doses = 0;   // that the totals must tell
        std::int64_t coming = 0;  // of the first lot: sent by others and not confirmed
        std::deque<errand> queue;
        errand now;                      // while busy
        stock_movement move;             // of the errand
        std::size_t to = 0;              // of a transfer: the other desk
        std::optional<request> refused;  // to be asked again
    };

    static bool is_of_the_plan(task what) noexcept;
    bool connect_more();
    void begin();
    void plan_due(time_point now);
    void ask_again_due(time_point now);
    void serve(std::size_t index);
    void start(std::size_t index, errand what);
    request write(std::size_t index, std::uint64_t number);
    request write_movement(std::size_t index, std::uint64_t number);
    outcome conclude(desk& d, const request& asked, const response& answer, time_point now);
    void take(std::size_t index, const response& answer);
    void take_registration(desk& d, const response& answer);
    void take_movement(std::size_t index, const response& answer);
    void take_poll(desk& d, const response& answer);
    void finish(desk& d);
    bool all_have_ended();

    client_loop& loop_;
    const request_writer& writer_;
    const std::vector<clinic>& clinics_;
    const stockout_plan plan_;
    const std::uint32_t thread_;
    starting_line& line_;
    request_book book_;
    random_source random_;
    std::vector<desk> desks_;
    std::vector<std::size_t> desk_of_;  // by connection
    std::size_t next_desk_ = 0;         // to be connected first
    std::uint32_t setting_up_ = 0;
    std::size_t next_end_ = 0;   // to be asked for its stock at the end first
    std::size_t ended_ = 0;      // desks, also those that are gone
    std::uint64_t numbers_ = 0;  // requests made, which name their people and keys
    std::uint64_t planned_ = 0;  // errands given out
    std::uint64_t waiting_ = 0;  // errands in queues or under way
    arrival_plan arrivals_;
    std::multimap<time_point, std::size_t> again_;  // desks
    std::optional<time_point> begin_;
    std::chrono::nanoseconds cpu_begin_{0};
};

}  // namespace doseline::loadtest
