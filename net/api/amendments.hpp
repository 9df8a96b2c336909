#pragma once

#include "net/api_context.hpp"
#include "net/json_fields.hpp"

#include <string_view>
#include <variant>

namespace doseline::net::api {

// Which version of which registration a change is of.
struct target {
    core::sequence registration = 0;
    core::version_number version = core::any_version;
};

// Of a body that has been read: its target, from path and If-Match, or what is wrong.
std::variant<target, reply> read_target(const call& c, json_fields& fields);

// Sets what tells that a correction comes again: the keyed hash of all that it says, but for
// confirm, so that what was asked about can be sent again. digits: of national_id, or empty.
void fingerprint_content(const call& c, core::correct_registration& command,
                         std::string_view digits);

}  // namespace doseline::net::api
