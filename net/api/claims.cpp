#include "net/api/amendments.hpp"
#include "net/api/handlers.hpp"
#include "net/api/version_tag.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

// A health centre decides whether a clinic of its region is paid for a shot.
namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

reply render_decision(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const auto& receipt = std::get<core::claim_receipt>(outcome);
    const core::zone_offset zone = api.state.programmes()[receipt.programme]->offset;
    const std::string id = registration_id(receipt.registration);
    reply r;
    r.body = json::serialize(json::object{
        {"id", id},
        {"seq", receipt.seq},
        {"version", receipt.version},
        {"decision", core::name_of(receipt.decision)},
        {"reason", core::name_of(receipt.reason)},
        {"decided_at", core::format_instant(receipt.decided_at, zone)},
        {"claim", core::name_of(receipt.claim)},
    });
    r.add_field(http::field::location, "/v1/registrations/" + id);
    r.add_field(http::field::etag, version_tag(receipt.version));
    if (receipt.replayed) {
        r.add_field("Replayed", "true");
    }
    return r;
}

}  // namespace

answer decide_claim(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    const auto decision =
        core::claim_decision_named(fields.required_text("decision", 16).value_or(""));
    if (!decision || *decision == core::claim_decision::paid) {  // an operator pays
        fields.fail(errc::bad_field, "decision");
    }
    const auto reason = core::claim_reason_named(fields.required_text("reason", 32).value_or(""));
    if (!reason || !decision || !core::is_reason_for(*reason, *decision)) {
        fields.fail(errc::bad_field, "reason");
    }
    auto named = read_target(c, fields);
    if (auto* wrong = std::get_if<reply>(&named)) {
        return std::move(*wrong);
    }
    const auto [registration, version] = std::get<target>(named);
    render_context context;
    context.lang = c.lang;
    return pending{
        core::decide_claim{c.actor(), registration, version, *decision, *reason, nullptr},
        render_decision, context};
}

}  // namespace doseline::net::api
