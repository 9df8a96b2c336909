#pragma once

#include "net/api_context.hpp"

#include <string_view>

namespace doseline::net::api {

// Whose a call is about: the asking clinic's own where none is named, else the one of that code.
// Errors: bad_field, no clinic's code; not_found, there is none, or the asking one does not look
// after it.
core::result<core::clinic_number> clinic_meant(const call& c, std::string_view code);

}  // namespace doseline::net::api
