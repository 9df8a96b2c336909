#pragma once

#include "core/command.hpp"
#include "core/national_id.hpp"
#include "net/api_context.hpp"

#include <optional>
#include <string>
#include <string_view>

// What checks and registrations have in common, whether they come as JSON or from a form.
namespace doseline::net::api {

// A national id, or the field's error.
struct person_fields {
    std::optional<core::national_id> id;
    core::programme_number programme = core::no_programme;
    core::exception_text exception;
};

// The programme of that code; nothing when there is none.
std::optional<core::programme_number> programme_named(const core::published& state,
                                                      std::string_view code);

// What rules alone say of this person here and now, without history or holds: for when the
// registry cannot be asked. Nothing when there is no programme.
std::optional<core::eligibility> phase_rule(const call& c, const person_fields& p);

// [A-Za-z0-9-], as lots, products and who is at the keyboard are written. They are kept and told in
// the clear, so a national id that was typed in their place is none.
bool is_code(std::string_view text) noexcept;

// Idempotency-Key: a UUID, bare or in quotes, in either case. Error: key_missing, key_invalid.
core::result<std::array<std::byte, 16>> read_key(std::string_view field);

// Personal text that goes sealed into the registration: into its own record when it is a short
// name alone, else into an extension.
struct personal_text {
    std::string_view name;
    std::string_view evidence;
};
void seal_into(core::register_dose& command, const call& c, const core::national_id& id,
               const personal_text& text);

// The bytes that say what a registration is: same key, same bytes, same shot. How it was sent
// (offline, confirm) is no part of it, so a row that was asked about can be sent again.
void canonical_content(std::string& into, const core::register_dose& command,
                       const core::national_id& id, std::string_view programme,
                       const personal_text& text);

}  // namespace doseline::net::api
