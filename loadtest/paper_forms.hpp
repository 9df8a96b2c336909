#pragma once

#include "loadtest/acks.hpp"
#include "loadtest/clinics.hpp"
#include "loadtest/evening.hpp"
#include "loadtest/load_counts.hpp"
#include "loadtest/request.hpp"
#include "loadtest/tally.hpp"

#include <cstdint>
#include <vector>

namespace doseline::loadtest {

// The paper forms of one thread's clinics and what the server said of each. The first answer about
// a form is what every later one is held against. Forms have numbers: the first clinic's, then the
// second's, and so on.
//
// Thread safety: one thread; the counts may be read meanwhile.
class paper_forms {
public:
    // The references must outlive it.
    paper_forms(const night_plan& plan, std::uint32_t thread, const std::vector<clinic>& clinics,
                ack_writer& acks);

    // What the form says: it depends on the form alone, whoever sends it however often.
    shot read(std::uint32_t form) const;

    std::uint32_t clinic_of(std::uint32_t form) const noexcept;  // index in the clinics file

    void sent(std::uint32_t form) noexcept { forms_[form].sent = true; }

    // on_file: the acknowledgement stands in the acks file already; else the first one of a form
    // is written there before it counts as one. False: it could not be.
    bool answered(std::uint32_t form, bool created, acknowledgement given, bool on_file);

    // Sent and never acknowledged, whichever PC sent it.
    std::vector<doubt> in_doubt() const;

    live_count acknowledged;
    live_count known;   // answers like the one before
    live_count unlike;  // answers that contradict the one before

private:
    struct state {
        acknowledgement given;  // seq 0: none yet
        bool sent = false;
        bool created = false;  // a 201 was seen
    };

    std::uint64_t place_of(std::uint32_t form) const noexcept;

    const night_plan& plan_;
    const std::uint32_t thread_;
    const std::vector<clinic>& clinics_;
    ack_writer& acks_;
    std::vector<state> forms_;
};

}  // namespace doseline::loadtest
