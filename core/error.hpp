#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <string_view>

// The program's one error vocabulary. The first group are the codes that clients meet (CONTRACT's
// problem codes, spelled by code_name()); the second group never leaves the machine.
namespace doseline::core {

enum class errc : std::uint8_t {
    bad_json = 1,
    key_missing,
    key_invalid,
    bad_field,
    unknown_field,
    id_invalid,
    future_date,
    key_reused,
    auth_required,
    not_found,
    method_not_allowed,
    lot_expired,
    lot_recalled,
    version_conflict,
    version_missing,
    claim_state,
    body_too_large,
    unsupported_type,
    rate,
    wait,
    read_only,
    bad_request,  // framing errors: not a problem code of the API, always followed by a close

    out_of_range,     // a value outside what its type allows
    malformed,        // bytes or text that do not parse
    already_exists,   // an import row that names a thing twice
    limit_reached,    // a limit of limits.hpp
    code_used,        // an enrolment code that was exchanged before
    expired,          // a token or code past its time
    not_on_hand,      // more doses than are on hand
    not_in_suspense,  // more doses than stand in suspense
    correct_instead,  // a void for a reason that a correction is for
    nothing_changed,  // a correction to what is so already
    reason_missing,   // a correction that needs a reason
    person_needed,    // a correction of the time without the person's number
    other_person,     // a number that is not the registration's person's
    person_stays,     // a correction of who it was
    after_recording,  // a shot that would have been given after it was registered
    book_closed,      // a change of what stands in a closed book
    claim_own,        // a decision on a claim by whoever makes it
    claim_private,    // of a dose that its patient paid for
    claim_duplicate,  // of a duplicate, for another reason than the one that there is
    schedule_full,    // a dose more than the schedule gives would be payable
    day_forgotten,    // a day before those that are kept
};

const boost::system::error_category& doseline_category() noexcept;

inline boost::system::error_code make_error_code(errc e) noexcept {
    return {static_cast<int>(e), doseline_category()};
}

template <class T>
using result = boost::system::result<T>;

// The upper-case code of the contract, such as "ID_INVALID". Never empty.
std::string_view code_name(errc e) noexcept;

// The HTTP status that goes with the code.
unsigned http_status(errc e) noexcept;

}  // namespace doseline::core

template <>
struct boost::system::is_error_code_enum<doseline::core::errc> : std::true_type {};
