#pragma once

#include "core/command.hpp"

#include <string>

namespace doseline::net {

// "127.0.0.1", "2001:db8::1".
std::string address_text(const core::network_address& address);

}  // namespace doseline::net
