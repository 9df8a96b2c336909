#pragma once

#include "net/api/dose_request.hpp"
#include "net/json_fields.hpp"

namespace doseline::net::api {

// national_id, programme, exception of a JSON body; errors stay in fields.
person_fields read_person(json_fields& fields, const core::published& state);

// The problem of a field, with what the phase rule says of the injection where the person is known.
reply field_problem(const call& c, const json_fields::error& error, const person_fields& p);

// Asks the registry, or answers by the phase rule when it cannot be asked. REQUIRES: p.id.
answer ask_check(call& c, const person_fields& p, bool page);

// Five digits.
std::string region_text(std::uint32_t region);

}  // namespace doseline::net::api
