#pragma once

#include "net/api/dose_request.hpp"

namespace doseline::net::api {

// Fingerprints, seals and sends a registration whose plain fields are set. REQUIRES: p.id; key is
// the client's UUID.
answer send_registration(call& c, core::register_dose&& command, const person_fields& p,
                         std::string_view programme, const personal_text& text,
                         const std::array<std::byte, 16>& key, bool page);

}  // namespace doseline::net::api
