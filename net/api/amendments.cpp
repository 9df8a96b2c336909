#include "net/api/amendments.hpp"

#include "net/api/handlers.hpp"
#include "net/api/registrations.hpp"
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

reply render_correction(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const auto& receipt = std::get<core::correction_receipt>(outcome);
    const core::zone_offset zone = api.state.programmes()[receipt.programme]->offset;
    const std::string id = registration_id(receipt.registration);
    json::array flags;
    for (const std::string_view name : core::names_of(receipt.flags)) {
        flags.emplace_back(name);
    }
    json::object body{
        {"id", id},
        {"seq", receipt.seq},
        {"version", receipt.version},
        {"state", "CORRECTED"},
        {"corrected_at", core::format_instant(receipt.corrected_at, zone)},
        {"flags", std::move(flags)},
        {"claim", core::name_of(receipt.claim)},
        {"remaining", receipt.remaining},
    };
    if (receipt.reason != core::correction_reason::none) {
        body["reason"] = core::name_of(receipt.reason);
    }
    reply r;
    r.body = json::serialize(body);
    r.add_field(http::field::location, "/v1/registrations/" + id);
    r.add_field(http::field::etag, version_tag(receipt.version));
    if (receipt.replayed) {
        r.add_field("Replayed", "true");
    }
    return r;
}

}  // namespace

std::variant<target, reply> read_target(const call& c, json_fields& fields) {
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
    return target{*seq, *version};
}

void fingerprint_content(const call& c, core::correct_registration& command,
                         std::string_view digits) {
    constexpr char end = '\x1f';
    std::string& content = c.api.content;
    content.clear();
    const auto add = [&](std::string_view field) { content.append(field).push_back(end); };
    const auto add_number = [&](auto number) { add(std::to_string(number)); };
    add("correction");
    add(core::name_of(command.reason));
    add(command.lot.view());
    add(command.product.view());
    add(command.funding ? core::name_of(*command.funding) : "");
    add(command.occurred_at ? std::to_string(command.occurred_at->time_since_epoch().count()) : "");
    add(digits);
    add_number(static_cast<int>(command.site));
    add_number(static_cast<int>(command.route));
    add_number(command.dose_ml_hundredths);
    command.content = c.api.seal.fingerprint(std::as_bytes(std::span(content)));
}

answer void_registration(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    const std::string name(fields.required_text("reason", 32).value_or(""));
    const auto reason = core::void_reason_named(name);
    if (!reason) {
        fields.fail(name == "WRONG_LOT" ? errc::correct_instead : errc::bad_field, "reason");
    }
    auto named = read_target(c, fields);
    if (auto* wrong = std::get_if<reply>(&named)) {
        return std::move(*wrong);
    }
    const auto [registration, version] = std::get<target>(named);
    render_context context;
    context.lang = c.lang;
    return pending{core::void_registration{c.actor(), registration, version, *reason, nullptr},
                   render_void, context};
}

answer correct_registration(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    core::register_dose said;
    said.dose_ml_hundredths = 0;
    read_vial(fields, said);
    read_circumstances(fields, said);
    core::correct_registration command;
    if (const auto name = fields.text("reason", 32)) {
        const auto reason = core::correction_reason_named(*name);
        if (!reason || *reason == core::correction_reason::none) {
            fields.fail(errc::bad_field, "reason");
        }
        command.reason = reason.value_or(core::correction_reason::none);
    }
    std::optional<core::national_id> id;
    if (const auto typed = fields.text("national_id", 64)) {
        const auto parsed = core::national_id::parse(*typed);
        if (!parsed) {
            fields.fail(errc::id_invalid, "national_id");
        } else if (!said.occurred_at) {
            fields.fail(errc::person_stays, "national_id");
        } else {
            id = *parsed;
            command.person = c.api.seal.person_key(id->digits());
            command.birth = id->birth();
        }
    }
    if (fields.text("name", core::limits::name_characters_max)) {
        fields.fail(errc::person_stays, "name");
    }
    auto named = read_target(c, fields);
    if (auto* wrong = std::get_if<reply>(&named)) {
        return std::move(*wrong);
    }
    command.by = c.actor();
    command.seq = std::get<target>(named).registration;
    command.version = std::get<target>(named).version;
    command.lot = said.lot;
    command.product = said.product;
    command.funding = said.funding;
    command.occurred_at = said.occurred_at;
    command.site = said.site;
    command.route = said.route;
    command.dose_ml_hundredths = said.dose_ml_hundredths;
    command.confirmed = said.confirmed;
    fingerprint_content(c, command, id ? id->digits() : std::string_view{});
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), render_correction, context};
}

}  // namespace doseline::net::api
