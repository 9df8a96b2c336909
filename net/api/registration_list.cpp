#include "core/registration_page.hpp"
#include "net/api/clinic_meant.hpp"
#include "net/api/handlers.hpp"
#include "net/api/registration_json.hpp"
#include "net/form_fields.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

reply render_list(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const core::registration_page& page = *std::get<core::registration_list>(outcome).page;
    json::array rows(api.json.memory());
    for (const core::listed_registration& r : page.rows) {
        rows.emplace_back(registration_json(r.seq, r.dose, r.version, r.state, api));
    }
    json::object body({{"seq", page.as_of}, {"registrations", std::move(rows)}}, api.json.memory());
    if (page.next != 0) {
        body["next"] = registration_id(page.next);
    }
    return api.json.reply_with(body);
}

}  // namespace

// The cursor is the id of the last row that was seen: what is recorded meanwhile moves no page.
answer list_registrations(call& c) {
    const form_fields query(c.req.query);
    core::list_registrations command;
    command.by = c.actor();
    const auto wrong = [&](std::string_view field) {
        return problem(errc::bad_field, c.lang, {field, std::nullopt, 0, std::nullopt});
    };
    if (!query.has_only({"clinic", "date", "cursor"})) {
        return problem(errc::unknown_field, c.lang);
    }
    const auto clinic = clinic_meant(c, query["clinic"]);
    if (!clinic) {
        return problem(static_cast<errc>(clinic.error().value()), c.lang,
                       {"clinic", std::nullopt, 0, std::nullopt});
    }
    command.clinic = *clinic;
    if (const std::string_view date = query["date"]; !date.empty()) {
        const auto day = core::parse_day(date);
        if (!day) {
            return wrong("date");
        }
        command.day = *day;
    }
    if (const std::string_view cursor = query["cursor"]; !cursor.empty()) {
        const auto before = parse_registration_id(cursor);
        if (!before) {
            return wrong("cursor");
        }
        command.before = *before;
    }
    if (c.mode() == core::mode::read_only) {
        return problem(errc::read_only, c.lang);  // a look that cannot be recorded is not given
    }
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), render_list, context};
}

}  // namespace doseline::net::api
