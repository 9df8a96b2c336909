#include "net/api/list_query.hpp"

#include "net/api/clinic_meant.hpp"
#include "net/form_fields.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

namespace doseline::net::api {

using core::errc;

std::variant<list_query, reply> read_list_query(const call& c) {
    const form_fields query(c.req.query);
    const auto wrong = [&](errc why, std::string_view field) {
        return problem(why, c.lang, {field, std::nullopt, 0, std::nullopt});
    };
    if (!query.has_only({"clinic", "date", "cursor"})) {
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
