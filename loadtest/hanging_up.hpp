#pragma once

#include "loadtest/client_loop.hpp"
#include "loadtest/request_book.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace doseline::loadtest {

// One thread that registers as fast as answers come and hangs up on every third registration some
// time between the sending and the usual answer, so that some were recorded and some never
// arrived. These are in doubt afterwards; the rest is answered.
//
// Thread safety: as an actor, and as load_counts.
class hanging_up : public actor, public load_counts {
public:
    // Registrations number thread, thread + threads, ... below registrations are made here, on this
    // many connections at a time. The references must outlive it.
    hanging_up(client_loop& loop, const request_writer& writer, const std::vector<clinic>& clinics,
               std::uint64_t registrations, std::uint32_t connections, std::uint64_t seed,
               std::uint32_t threads, std::uint32_t thread, ack_writer* acks);

    std::optional<time_point> act(time_point now) override;
    void opened(connection_id id) override;
    void answered(connection_id id, const request& asked, const response& answer) override;
    void lost(connection_id id, failure why, const request* unanswered) override;

    live_count hung_up;

private:
    struct cut {
        time_point at;
        connection_id id;
        std::uint64_t number;
    };

    void register_next(connection_id id);
    void hang_up_due(time_point now);
    bool all_sent() const noexcept { return next_ >= registrations_; }

    client_loop& loop_;
    const request_writer& writer_;
    const std::vector<clinic>& clinics_;
    const std::uint64_t registrations_;
    const std::uint32_t connections_wanted_;
    const std::uint64_t seed_;
    const std::uint32_t threads_;
    request_book book_;
    std::uint64_t next_;
    std::uint32_t connections_ = 0;
    unsigned refused_in_a_row_ = 0;         // connections that never opened
    std::vector<std::uint64_t> number_of_;  // by connection: its registration in flight
    std::vector<cut> cuts_;                 // few: one a connection at most
};

}  // namespace doseline::loadtest
