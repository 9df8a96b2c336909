#pragma once

#include "net/api_context.hpp"

#include <string>
#include <string_view>

namespace doseline::net::api {

inline constexpr std::string_view session_cookie = "__Host-doseline";

// An enrolment code for a device token, once.
answer exchange_code(call& c, std::string_view code, bool page);

// Eight digits.
std::string clinic_text(std::uint32_t code);

}  // namespace doseline::net::api
