#pragma once

#include "core/event.hpp"

#include <variant>
#include <vector>

namespace doseline::core {

// What changed a clinic's stock beside its shots: what came to it from the nation, what it entered
// itself, and what another clinic sent to it (own is the sender's then).
struct listed_movement {
    sequence seq = 0;
    std::variant<stock_moved, stock_changed> what;
};

// A page of a clinic's movements, newest first.
struct movement_page {
    sequence as_of = 0;  // the clinic's last event that is in it
    clinic_number clinic = 0;
    std::vector<listed_movement> rows;
    sequence next = 0;      // the page behind it begins before this one; 0: there is none
    bool too_long = false;  // more than limits::clinic_events_max: not read
};

}  // namespace doseline::core
