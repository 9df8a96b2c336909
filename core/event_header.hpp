#pragma once

#include "core/command.hpp"

namespace doseline::core {

// Every event has these. Set by the committer (when) and by the registry (links).
struct event_header {
    instant recorded_at;
    sequence previous_of_clinic = 0;  // the last event before this one that names the clinic
};

inline constexpr clinic_number no_clinic = 0xffffffff;

}  // namespace doseline::core
