#pragma once

#include "loadtest/acks.hpp"
#include "loadtest/load_counts.hpp"

#include <vector>

namespace doseline::loadtest {

// Keeps one thread's requests from the moment they are sent to their end, exactly one for each:
// counts, times and writes down what was acknowledged before it counts as such.
//
// Thread safety: none beyond that of the counts.
class request_book {
public:
    // The references must outlive it. acks may be null.
    request_book(load_counts& counts, const std::vector<clinic>& clinics, ack_writer* acks)
        : counts_(counts), clinics_(clinics), acks_(acks) {}

    void sent(const request& what, time_point now);
    void sent_again(time_point now);

    // What the answer is worth. A refusal is an end like any other.
    outcome answered(const request& asked, const response& answer, time_point now);

    // The same where the caller has judged the answer: a batch, whose rows are his.
    void concluded(const request& asked, outcome how, unsigned status, time_point now);

    // The request will not be sent again. A registration is in doubt from here.
    void lost(const request& asked, failure why, time_point now);

    // The request goes on: it was refused or its connection was lost, and sent_again() follows.
    void suspended(time_point now, bool was_answered);

    // Planned, and never to be sent.
    void unsent(lap of, time_point due, time_point now);

    std::uint64_t in_flight() const noexcept { return in_flight_; }

private:
    void end(lap of, outcome how, time_point due, time_point now);
    outcome judge(const request& asked, const response& answer);
    tally& tally_of(lap of) noexcept { return counts_.tallies[static_cast<std::size_t>(of)]; }

    load_counts& counts_;
    const std::vector<clinic>& clinics_;
    ack_writer* const acks_;
    std::uint64_t in_flight_ = 0;
};

}  // namespace doseline::loadtest
