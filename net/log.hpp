#pragma once

#include <string_view>

namespace doseline::net {

// One line on stderr per thing that an operator should know: start, stop, failure. Never personal
// data, never a request. JSON, so that a log collector need not guess.
void log_event(std::string_view event, std::string_view detail = {});

}  // namespace doseline::net
