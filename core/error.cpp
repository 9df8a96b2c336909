#include "core/error.hpp"

#include <array>
#include <string>

namespace doseline::core {

namespace {

struct entry {
    errc code;
    std::string_view name;
    unsigned status;
    const char* message;
};

constexpr std::array entries{
    entry{errc::bad_json, "BAD_JSON", 400, "the body is not a JSON object"},
    entry{errc::key_missing, "KEY_MISSING", 400, "Idempotency-Key is missing"},
    entry{errc::key_invalid, "KEY_INVALID", 400, "Idempotency-Key is not a UUID"},
    entry{errc::bad_field, "BAD_FIELD", 422, "a field has a value that it cannot have"},
    entry{errc::unknown_field, "UNKNOWN_FIELD", 422, "a field that the call does not know"},
    entry{errc::id_invalid, "ID_INVALID", 422, "not a national id"},
    entry{errc::future_date, "FUTURE_DATE", 422, "a date in the future"},
    entry{errc::key_reused, "KEY_REUSED", 422, "the key was used for other content"},
    entry{errc::auth_required, "AUTH_REQUIRED", 401, "no valid token"},
    entry{errc::not_found, "NOT_FOUND", 404, "no such thing"},
    entry{errc::method_not_allowed, "METHOD_NOT_ALLOWED", 405, "not by this method"},
    entry{errc::lot_expired, "LOT_EXPIRED", 409, "the lot has expired"},
    entry{errc::lot_recalled, "LOT_RECALLED", 409, "the lot was recalled"},
    entry{errc::version_conflict, "VERSION_CONFLICT", 412, "another version is current"},
    entry{errc::version_missing, "VERSION_MISSING", 428, "If-Match is missing"},
    entry{errc::claim_state, "CLAIM_STATE", 409, "a claim that stands so is not decided so"},
    entry{errc::body_too_large, "BODY_TOO_LARGE", 413, "the body is too large"},
    entry{errc::unsupported_type, "UNSUPPORTED_TYPE", 415, "the body has another type"},
    entry{errc::rate, "RATE", 429, "too many requests of this asker"},
    entry{errc::wait, "WAIT", 503, "busy"},
    entry{errc::read_only, "READ_ONLY", 503, "nothing can be stored now"},
    entry{errc::bad_request, "BAD_REQUEST", 400, "the request is not framed as it must be"},
    entry{errc::out_of_range, "OUT_OF_RANGE", 500, "a value out of range"},
    entry{errc::malformed, "MALFORMED", 500, "malformed"},
    entry{errc::already_exists, "ALREADY_EXISTS", 409, "exists already"},
    entry{errc::limit_reached, "LIMIT_REACHED", 409, "a limit of the program is reached"},
    entry{errc::code_used, "CODE_USED", 401, "the enrolment code was used before"},
    entry{errc::expired, "EXPIRED", 401, "past its time"},
    entry{errc::not_on_hand, "NOT_ON_HAND", 422, "more doses than are on hand"},
    entry{errc::not_in_suspense, "NOT_IN_SUSPENSE", 422, "more doses than stand in suspense"},
    entry{errc::correct_instead, "CORRECT_INSTEAD", 422, "a correction is what is meant"},
    entry{errc::nothing_changed, "NOTHING_CHANGED", 422, "it is so already"},
    entry{errc::reason_missing, "REASON_MISSING", 422, "a reason is needed"},
    entry{errc::person_needed, "PERSON_NEEDED", 422, "the person's number is needed"},
    entry{errc::other_person, "OTHER_PERSON", 422, "not the person of the registration"},
    entry{errc::person_stays, "PERSON_STAYS", 422, "the person of a registration stays"},
    entry{errc::after_recording, "AFTER_RECORDING", 422, "given after it was registered"},
    entry{errc::book_closed, "BOOK_CLOSED", 409, "its book is closed"},
    entry{errc::claim_own, "CLAIM_OWN", 409, "nobody decides on a claim of its own"},
    entry{errc::claim_private, "CLAIM_PRIVATE", 409, "the patient paid for it"},
    entry{errc::claim_duplicate, "CLAIM_DUPLICATE", 422, "a duplicate has one reason alone"},
    entry{errc::schedule_full, "SCHEDULE_FULL", 409, "the person's payable doses are complete"},
    entry{errc::day_forgotten, "DAY_FORGOTTEN", 422, "a day before those that are kept"},
};

const entry& entry_of(errc e) noexcept { return entries[static_cast<std::size_t>(e) - 1]; }

constexpr bool entries_in_order() {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (static_cast<std::size_t>(entries[i].code) != i + 1) {
            return false;
        }
    }
    return entries.back().code == errc::day_forgotten;
}
static_assert(entries_in_order());

class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "doseline"; }
    std::string message(int value) const override {
        return entry_of(static_cast<errc>(value)).message;
    }
};

}  // namespace

const boost::system::error_category& doseline_category() noexcept {
    static const category instance;
    return instance;
}

std::string_view code_name(errc e) noexcept { return entry_of(e).name; }

unsigned http_status(errc e) noexcept { return entry_of(e).status; }

}  // namespace doseline::core
