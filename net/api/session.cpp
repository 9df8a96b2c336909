#include "net/api/session.hpp"

#include "net/api/handlers.hpp"
#include "net/clinic_code.hpp"
#include "net/json_fields.hpp"
#include "net/page.hpp"
#include "net/problem.hpp"
#include "storage/openssl.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::api {

namespace {

using core::errc;

reply render_session(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return context.page ? page_problem(*refused, context, api) : problem(*refused, context);
    }
    const auto& enrolled = std::get<core::enrolled_answer>(outcome);
    const core::instant expires = enrolled.at + core::limits::device_token_lifetime;
    const std::uint32_t clinic = api.state.clinic(enrolled.clinic).code;
    const std::string token = api.tokens.issue({clinic, enrolled.device, enrolled.at, expires});
    std::string cookie = std::string(session_cookie) + "=" + token +
                         "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=" +
                         std::to_string(std::chrono::duration_cast<std::chrono::seconds>(
                                            core::limits::device_token_lifetime)
                                            .count());
    if (context.page) {
        reply r;
        r.status = 303;
        r.content_type = "text/plain; charset=utf-8";
        r.add_field(http::field::location, "/");
        r.add_field(http::field::set_cookie, cookie);
        return r;
    }
    reply r;
    r.status = 201;
    r.body = boost::json::serialize(boost::json::object{
        {"token", token},
        {"clinic", clinic_code_text(clinic)},
        {"expires", core::format_instant(expires, core::totals_zone(api.state.programmes()))},
    });
    r.add_field(http::field::set_cookie, cookie);
    return r;
}

}  // namespace

answer exchange_code(call& c, std::string_view code, bool page) {
    render_context context;
    context.lang = c.lang;
    context.page = page;
    const auto refuse = [&](errc why) -> answer {
        const core::refusal refused{why, "code", 0, std::nullopt};
        return page ? page_problem(refused, context, c.api) : problem(refused, context);
    };
    if (!c.api.enrolments.may_try(c.req.peer, c.api.steady_now)) {
        return refuse(errc::rate);
    }
    const auto claims = c.api.codes.read(code, c.api.now);
    const auto clinic = claims ? c.api.state.find_clinic(claims->clinic_code) : std::nullopt;
    if (!clinic) {
        c.api.enrolments.was_wrong(c.req.peer, c.api.steady_now);
        return refuse(errc::auth_required);
    }
    if (c.mode() == core::mode::read_only) {
        return refuse(errc::read_only);
    }
    core::enroll_device command;
    command.by.clinic = *clinic;
    command.by.address = c.req.peer;
    std::array<std::byte, 4> random{};
    storage::openssl::random(random);
    for (const std::byte b : random) {
        command.by.device = command.by.device << 8 | std::to_integer<std::uint32_t>(b);
    }
    command.code_id = claims->code_id;
    command.code_expires = claims->expires;
    return pending{std::move(command), render_session, context};
}

answer open_session(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    const auto code = fields.required_text("code", enrolment_codes::typed_bytes_max);
    if (const auto error = fields.finish()) {
        return problem(error->code, c.lang, {error->field, std::nullopt, 0, std::nullopt});
    }
    return exchange_code(c, *code, false);
}

}  // namespace doseline::net::api
