#include "net/api/list_query.hpp"

#include "net/api/clinic_meant.hpp"
#include "net/form_fields.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

namespace doseline::net::api {

using core::errc;

std::variant<list_query, reply> read_list_query(const call& c, listed what) {
    const form_fields query(c.req.query);
    const auto wrong = [&](errc why, std::string_view field) {
        return problem(why, c.lang, {field, std::nullopt, 0, std::nullopt});
    };
    const bool known = what == listed::registrations
                           ? query.has_only({"clinic", "date", "cursor", "claim"})
                           : query.has_only({"clinic", "date", "cursor"});
    if (!known) {
        return problem(errc::unknown_field, c.lang);
    }
    list_query asked;
    const auto clinic = clinic_meant(c, query["clinic"]);
    if (!clinic) {
        return wrong(static_cast<errc>(clinic.error().value()), "clinic");
    }
    asked.clinic = *clinic;
    if (const std::string_view date = query["date"]; !date.empty()) {
        const auto day = core::parse_day(date);
        if (!day) {
            return wrong(errc::bad_field, "date");
        }
        asked.day = *day;
    }
    if (const std::string_view claim = query["claim"]; !claim.empty()) {
        asked.claim = core::claim_state_named(claim);
        if (!asked.claim) {
            return wrong(errc::bad_field, "claim");
        }
    }
    if (const std::string_view cursor = query["cursor"]; !cursor.empty()) {
        const auto before = parse_registration_id(cursor);
        if (!before) {
            return wrong(errc::bad_field, "cursor");
        }
        asked.before = *before;
    }
    return asked;
}

}  // namespace doseline::net::api
