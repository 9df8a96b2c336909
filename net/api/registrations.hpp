#pragma once

#include "net/api/dose_request.hpp"
#include "net/json_fields.hpp"

namespace doseline::net::api {

// Millilitres in hundredths; nothing for what is no multiple of these from 0.25 to 1.
std::optional<std::uint8_t> hundredths_of(double ml) noexcept;

// Lot, product, funding, dose_ml and confirm; time, site and route. What is absent stays as it is
// in command; errors stay in fields.
void read_vial(json_fields& fields, core::register_dose& command);
void read_circumstances(json_fields& fields, core::register_dose& command);

// Fingerprints, seals and sends a registration whose plain fields are set. REQUIRES: p.id; key is
// the client's UUID.
answer send_registration(call& c, core::register_dose&& command, const person_fields& p,
                         std::string_view programme, const personal_text& text,
                         const std::array<std::byte, 16>& key, bool page);

}  // namespace doseline::net::api
