#include "net/api/checks.hpp"

#include "net/api/dose_request.hpp"
#include "net/api/handlers.hpp"
#include "net/json_fields.hpp"
#include "net/page.hpp"
#include "net/problem.hpp"
#include "net/texts.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

reply render_check(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return context.page ? page_problem(*refused, context, api) : problem(*refused, context);
    }
    const auto& a = std::get<core::check_answer>(outcome);
    if (context.page) {
        return page_check(a, context, api);
    }
    const core::zone_offset zone = api.state.programmes()[a.programme]->offset;
    json::object body(api.json.memory());
    body["decision"] = core::name_of(a.decision);
    body["reason"] = text_of(a.decision, context.lang);
    if (a.opens) {
        body["opens"] = core::format_day(*a.opens);
    }
    if (a.closes) {
        body["closes"] = core::format_day(*a.closes);
    }
    if (a.last_dose) {
        body["last_dose"] = {{"date", core::format_day(a.last_dose->day)},
                             {"region", region_text(a.last_dose->region)}};
    }
    if (a.evidence_required) {
        body["evidence"] = "required";
    }
    if (a.hold_until) {
        body["hold_until"] = core::instant_text_of(*a.hold_until, zone).view();
    }
    json::array warnings(api.json.memory());
    if (context.checksum_warning) {
        warnings.emplace_back("ID_CHECKSUM");
    }
    body["warnings"] = std::move(warnings);
    body["remaining"] = a.remaining;
    if (a.decision == core::decision::in_progress_elsewhere) {
        body["vaccinate"] = "ask";
    } else {
        body["vaccinate"] = core::may_vaccinate(a.decision);
    }
    return api.json.reply_with(body);
}

}  // namespace

std::string region_text(std::uint32_t region) {
    std::string text = std::to_string(region);
    return std::string(5 - std::min<std::size_t>(text.size(), 5), '0') + text;
}

answer ask_check(call& c, const person_fields& p, bool page) {
    render_context context;
    context.lang = c.lang;
    context.page = page;
    context.checksum_warning = !p.id->checksum_matches();
    context.number = core::fixed_string<13>(p.id->digits());
    const auto phase = phase_rule(c, p);
    if (phase) {
        context.vaccinate = core::may_vaccinate(phase->decision);
        context.decision = phase->decision;
    }
    if (const core::mode mode = c.mode(); mode != core::mode::normal) {
        // No history can be asked, and no look at it be recorded: the phase rule alone answers.
        const errc code = mode == core::mode::read_only ? errc::read_only : errc::wait;
        const core::refusal refused{code, "", 0, context.vaccinate};
        reply r = page ? page_problem(refused, context, c.api) : problem(refused, context);
        r.by_mode = mode;
        return r;
    }
    core::check_eligibility command;
    command.by = c.actor();
    command.person = c.api.seal.person_key(p.id->digits());
    command.birth = p.id->birth();
    command.programme = p.programme;
    command.exception = p.exception;
    return pending{std::move(command), render_check, context};
}

person_fields read_person(json_fields& fields, const core::published& state) {
    person_fields p;
    if (const auto id = fields.required_text("national_id", 64)) {
        if (auto parsed = core::national_id::parse(*id)) {
            p.id = *parsed;
        } else {
            fields.fail(errc::id_invalid, "national_id");
        }
    }
    if (const auto code = fields.text("programme", core::limits::programme_code_bytes_max)) {
        if (const auto n = programme_named(state, *code)) {
            p.programme = *n;
        } else {
            fields.fail(errc::bad_field, "programme");
        }
    }
    if (const auto code = fields.text("exception", core::limits::exception_code_bytes_max)) {
        if (code->empty() || code->size() > core::limits::exception_code_bytes_max) {
            fields.fail(errc::bad_field, "exception");
        } else {
            p.exception = core::exception_text(*code);
        }
    }
    return p;
}

reply field_problem(const call& c, const json_fields::error& error, const person_fields& p) {
    const auto phase = phase_rule(c, p);  // none when the person could not be read
    const bool vaccinate = phase && core::may_vaccinate(phase->decision);
    const problem_details details{error.field, vaccinate, 0, std::nullopt};
    return problem(error.code, c.lang, details);
}

answer check(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    const person_fields p = read_person(fields, c.api.state);
    if (const auto error = fields.finish()) {
        return field_problem(c, *error, p);
    }
    return ask_check(c, p, false);
}

}  // namespace doseline::net::api
