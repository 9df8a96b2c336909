#pragma once

#include "loadtest/arrival_plan.hpp"
#include "loadtest/client_loop.hpp"
#include "loadtest/request_book.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace doseline::loadtest {

// The same for all threads of a rush.
struct rush_plan {
    std::uint32_t threads = 1;
    std::uint32_t connections = 1;
    std::chrono::nanoseconds length{0};
    std::uint64_t seed = 0;
};

// One thread's part of a rush: connections are opened when they are planned, with no regard to how
// many are opening already; each makes three requests one after the other and then stays. What is
// refused is asked again after the pause that the server asks for, for a while; its latency counts
// from the first time.
//
// Thread safety: as an actor, and as load_counts.
class rush_load : public actor, public load_counts {
public:
    // The references must outlive it. acks may be null.
    rush_load(client_loop& loop, const request_writer& writer, const std::vector<clinic>& clinics,
              const rush_plan& plan, std::uint32_t thread, ack_writer* acks);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    // After the run.
    histogram opening;       // nanoseconds from the planned connect to the end of the handshake
    histogram first_answer;  // nanoseconds from the planned connect to the first success
    live_count asked_again;  // requests that were refused and sent once more

private:
    enum class step : std::uint8_t { log_in, check, registration, done };
    struct place {
        std::uint32_t clinic = 0;
        std::uint64_t number = 0;  // which connection of the plan this is
        time_point planned{};
        step at = step::log_in;
        bool opened = false;
        std::optional<request> refused;  // to be asked again
    };

    time_point open_due(time_point now);
    void ask_again_due(time_point now);
    void begin_step(connection_id id, time_point planned);
    void end_journey(place& at);

    client_loop& loop_;
    const request_writer& writer_;
    const std::vector<clinic>& clinics_;
    const rush_plan plan_;
    const std::uint32_t thread_;
    request_book book_;
    arrival_plan arrivals_;
    std::optional<time_point> begin_;
    std::uint64_t opened_so_far_ = 0;
    std::uint64_t under_way_ = 0;  // connections whose journey has begun and not ended
    std::vector<place> places_;    // by connection
    std::multimap<time_point, connection_id> again_;
    std::chrono::nanoseconds cpu_begin_{0};
};

}  // namespace doseline::loadtest
