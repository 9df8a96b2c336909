#pragma once

#include "net/api_context.hpp"

#include <string_view>

namespace doseline::net::api {

// Sets what tells that a correction comes again: the keyed hash of all that it says, but for
// confirm, so that what was asked about can be sent again. digits: of national_id, or empty.
void fingerprint_content(const call& c, core::correct_registration& command,
                         std::string_view digits);

}  // namespace doseline::net::api
