#include "net/api/handlers.hpp"
#include "net/api/registration_json.hpp"
#include "net/api/version_tag.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

// What was done, by whom and when, oldest first.
json::array versions_of(const core::registration_history& r, core::zone_offset zone) {
    json::array all;
    all.push_back({{"version", 1},
                   {"change", "REGISTERED"},
                   {"recorded_at", core::format_instant(r.dose.header.recorded_at, zone)},
                   {"by", r.dose.user.view()}});
    for (const auto& [seq, event] : r.changes) {
        json::object version{{"version", core::amendment_of(event)->version}};
        if (const auto* v = std::get_if<core::dose_voided>(&event)) {
            version["change"] = "VOIDED";
            version["reason"] = core::name_of(v->reason);
            version["recorded_at"] = core::format_instant(v->header.recorded_at, zone);
            version["by"] = v->user.view();
        } else if (const auto* again = std::get_if<core::dose_reevaluated>(&event)) {
            version["change"] = "REEVALUATED";  // by the program: another dose was voided
            version["recorded_at"] = core::format_instant(again->header.recorded_at, zone);
        }
        all.push_back(std::move(version));
    }
    return all;
}

reply render_view(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const core::registration_history& r = *std::get<core::registration_view>(outcome).registration;
    json::object body = registration_json(r.seq, r.dose, r.version(), r.voided() != nullptr, api);
    body["versions"] = versions_of(r, api.state.programmes()[r.dose.programme]->offset);
    reply shown;
    shown.body = json::serialize(body);
    shown.add_field(http::field::etag, version_tag(r.version()));
    return shown;
}

}  // namespace

answer show_registration(call& c) {
    const auto seq = parse_registration_id(c.id);
    if (!seq) {
        return problem(errc::not_found, c.lang);
    }
    const auto version = c.req.if_match.empty() ? core::any_version : version_named(c.req.if_match);
    if (!version) {
        return problem(errc::version_conflict, c.lang);
    }
    if (c.mode() == core::mode::read_only) {
        return problem(errc::read_only, c.lang);  // a look that cannot be recorded is not given
    }
    render_context context;
    context.lang = c.lang;
    return pending{core::view_registration{c.actor(), *seq, *version, nullptr}, render_view,
                   context};
}

}  // namespace doseline::net::api
