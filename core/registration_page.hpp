#pragma once

#include "core/person_history.hpp"

#include <vector>

namespace doseline::core {

// A registration as its changes left it.
struct listed_registration {
    sequence seq = 0;
    dose_registered dose;
    version_number version = 1;
    registration_state state = registration_state::registered;
    std::vector<std::byte> extension;  // sealed, as it was attached
};

// A page of a clinic's registrations, newest first.
struct registration_page {
    sequence as_of = 0;  // the clinic's last event that is in it
    std::vector<listed_registration> rows;
    sequence next = 0;      // the page behind it begins before this one; 0: there is none
    bool too_long = false;  // more than limits::clinic_events_max: not read
};

}  // namespace doseline::core
