#include "net/api/handlers.hpp"
#include "net/api/version_tag.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

reply render_void(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const auto& receipt = std::get<core::void_receipt>(outcome);
    const core::zone_offset zone = api.state.programmes()[receipt.programme]->offset;
    reply r;
    r.body = json::serialize(json::object{
        {"id", registration_id(receipt.registration)},
        {"seq", receipt.seq},
        {"version", receipt.version},
        {"state", "VOIDED"},
        {"reason", core::name_of(receipt.reason)},
        {"voided_at", core::format_instant(receipt.voided_at, zone)},
        {"remaining", receipt.remaining},
    });
    r.add_field(http::field::etag, version_tag(receipt.version));
    if (receipt.replayed) {
        r.add_field("Replayed", "true");
    }
    return r;
}

}  // namespace

answer void_registration(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    const std::string name(fields.required_text("reason", 32).value_or(""));
    const auto reason = core::void_reason_named(name);
    if (!reason) {
        fields.fail(name == "WRONG_LOT" ? errc::correct_instead : errc::bad_field, "reason");
    }
    const auto seq = parse_registration_id(c.id);
    if (!seq) {
        return problem(errc::not_found, c.lang);
    }
    if (const auto error = fields.finish()) {
        return problem(error->code, c.lang, {error->field, std::nullopt, 0, std::nullopt});
    }
    if (c.req.if_match.empty()) {
        return problem(errc::version_missing, c.lang);
    }
    const auto version = version_named(c.req.if_match);
    if (!version) {
        return problem(errc::version_conflict, c.lang);
    }
    if (c.mode() == core::mode::read_only) {
        return problem(errc::read_only, c.lang);
    }
    render_context context;
    context.lang = c.lang;
    return pending{core::void_registration{c.actor(), *seq, *version, *reason, nullptr},
                   render_void, context};
}

}  // namespace doseline::net::api
