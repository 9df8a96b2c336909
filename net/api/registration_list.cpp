#include "core/registration_page.hpp"
#include "net/api/handlers.hpp"
#include "net/api/list_query.hpp"
#include "net/api/registration_json.hpp"
#include "net/decimal_json.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace doseline::net::api {

namespace {

namespace json = boost::json;

reply render_list(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const core::registration_page& page = *std::get<core::registration_list>(outcome).page;
    json::array rows(api.json.memory());
    for (const core::listed_registration& r : page.rows) {
        rows.emplace_back(registration_json(r.seq, r.dose, r.version, r.state,
                                            person_shown(r.dose, r.extension, api), api));
    }
    json::object body({{"seq", page.as_of}, {"registrations", std::move(rows)}}, api.json.memory());
    if (page.next != 0) {
        body["next"] = registration_id(page.next);
    }
    reply shown;
    shown.body = decimal_json(body);
    return shown;
}

}  // namespace

answer list_registrations(call& c) {
    auto asked = read_list_query(c, listed::registrations);
    if (reply* const refused = std::get_if<reply>(&asked)) {
        return std::move(*refused);
    }
    // A look that cannot be recorded is not given.
    if (c.mode() == core::mode::read_only) {
        return problem(core::errc::read_only, c.lang);
    }
    const auto& query = std::get<list_query>(asked);
    core::list_registrations command;
    command.by = c.actor();
    command.clinic = query.clinic;
    command.before = query.before;
    command.day = query.day;
    command.claim = query.claim;
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), render_list, context};
}

}  // namespace doseline::net::api
