#pragma once

#include "core/command.hpp"
#include "core/error.hpp"

#include <string>
#include <string_view>

// How a registration is called outside: its sequence number in decimal and a check digit (Damm),
// which finds every wrong digit and every swap of neighbours. "572" -> "5724".
namespace doseline::net {

std::string registration_id(core::sequence seq);

// Error: malformed, also for leading zeros, a wrong check digit and number 0.
core::result<core::sequence> parse_registration_id(std::string_view text);

}  // namespace doseline::net
