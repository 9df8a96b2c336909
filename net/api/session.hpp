#pragma once

#include "net/api_context.hpp"

#include <string_view>

namespace doseline::net::api {

inline constexpr std::string_view session_cookie = "__Host-doseline";

// An enrolment code for a device token, once.
answer exchange_code(call& c, std::string_view code, bool page);

}  // namespace doseline::net::api
