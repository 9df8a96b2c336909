#include "net/problem.hpp"

#include "net/texts.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <random>

namespace doseline::net {

namespace {

// Codes that the registry uses among the program's own parts, as a client is told them.
core::errc told(core::errc code) noexcept {
    switch (code) {
        case core::errc::expired:
        case core::errc::code_used: return core::errc::auth_required;
        case core::errc::not_on_hand:
        case core::errc::not_in_suspense:
        case core::errc::correct_instead:
        case core::errc::nothing_changed:
        case core::errc::reason_missing:
        case core::errc::person_needed:
        case core::errc::other_person:
        case core::errc::person_stays:
        case core::errc::after_recording:
        case core::errc::day_forgotten:
        case core::errc::claim_duplicate: return core::errc::bad_field;
        case core::errc::claim_own:
        case core::errc::claim_private:
        case core::errc::schedule_full: return core::errc::claim_state;
        default: return code;
    }
}

boost::json::object body_of(unsigned status, std::string_view code, std::string_view detail) {
    return {{"code", code}, {"status", status}, {"title", code}, {"detail", detail}};
}

reply reply_of(unsigned status, const boost::json::object& body) {
    reply r;
    r.status = status;
    r.content_type = "application/problem+json";
    r.body = boost::json::serialize(body);
    return r;
}

}  // namespace

std::string retry_after() {
    thread_local std::minstd_rand random{std::random_device{}()};
    return std::to_string(std::uniform_int_distribution<int>(1, 5)(random));
}

reply problem(core::errc code, language lang, const problem_details& details) {
    const core::errc outside = told(code);
    const unsigned status = core::http_status(outside);
    boost::json::object body = body_of(status, core::code_name(outside), text_of(code, lang));
    if (!details.field.empty()) {
        body["field"] = details.field;
    }
    if (details.decision) {
        body["decision"] = core::name_of(*details.decision);
    }
    if (details.vaccinate) {
        body["vaccinate"] = *details.vaccinate;
    }
    if (details.confirm != 0) {
        boost::json::array confirm;
        if ((details.confirm & core::confirm_expired) != 0) {
            confirm.emplace_back("LOT_EXPIRED");
        }
        if ((details.confirm & core::confirm_recalled) != 0) {
            confirm.emplace_back("LOT_RECALLED");
        }
        body["confirm"] = std::move(confirm);
    }
    reply r = reply_of(status, body);
    if (outside == core::errc::wait || outside == core::errc::rate ||
        outside == core::errc::read_only) {
        r.add_field(http::field::retry_after, retry_after());
    }
    if (outside == core::errc::read_only) {
        r.by_mode = core::mode::read_only;
    }
    if (outside == core::errc::auth_required) {
        r.add_field(http::field::www_authenticate, "Bearer");
    }
    return r;
}

reply problem(unsigned status, std::string_view code, std::string_view detail,
              std::string_view field) {
    boost::json::object body = body_of(status, code, detail);
    if (!field.empty()) {
        body["field"] = field;
    }
    return reply_of(status, body);
}

reply problem(const core::refusal& refused, const render_context& context) {
    problem_details details{refused.field,
                            refused.vaccinate ? refused.vaccinate : context.vaccinate,
                            refused.confirm, std::nullopt};
    if (refused.code == core::errc::read_only || refused.code == core::errc::wait) {
        details.decision = context.decision;  // the registry said nothing of the person
    }
    return problem(refused.code, context.lang, details);
}

}  // namespace doseline::net
