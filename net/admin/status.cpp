#include "net/admin/handlers.hpp"
#include "net/json_fields.hpp"
#include "net/log.hpp"
#include "net/problem.hpp"
#include "net/reply_head.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <array>

namespace doseline::net::admin {

namespace {

namespace json = boost::json;
using core::errc;

json::object status_of(const admin_context& a) {
    const auto now = std::chrono::steady_clock::now();
    std::uint64_t connections = 0;
    std::uint64_t accepted = 0;
    json::array by_reactor;
    for (const reactor* r : a.reactors) {
        const std::uint64_t mine = r->figures().connections.load(std::memory_order_relaxed);
        by_reactor.emplace_back(mine);
        connections += mine;
        accepted += r->figures().accepted.load(std::memory_order_relaxed);
    }
    const auto refused = names_of(refused_classes(a.state.mode_at(now), a.shed));
    json::object o{
        {"version", DOSELINE_VERSION},
        {"pid", ::getpid()},
        {"uptime_seconds",
         std::chrono::duration_cast<std::chrono::seconds>(now - a.started).count()},
        {"mode", core::name_of(a.state.mode_at(now))},
        {"refusing", json::array(refused.begin(), refused.end())},
        {"operator_mode", core::name_of(a.state.operator_mode())},
        {"disk_low", a.state.disk_low()},
        {"map_low", a.state.short_of() == core::shortage::map},
        {"commit_stalled", a.state.commit_stalled(now)},
        {"draining", a.draining()},
        {"seq", a.state.seq()},
        {"as_of", core::format_instant(a.state.as_of(), core::totals_zone(a.state.programmes()))},
        {"clinics", a.state.clinics()},
        {"waiting", a.state.waiting()},
        {"connections", connections},
        {"connections_by_reactor", std::move(by_reactor)},
        {"accepted", accepted},
        {"commits", a.commits.commits.load(std::memory_order_relaxed)},
    };
    if (const auto proof = a.prover.last()) {
        o["drift"] = proof->drift;
        o["proof_seq"] = proof->seq;
    }
    return o;
}

core::operator_act act_of(core::mode m) noexcept {
    switch (m) {
        case core::mode::normal: return core::operator_act::mode_normal;
        case core::mode::register_only: return core::operator_act::mode_register_only;
        case core::mode::read_only: break;
    }
    return core::operator_act::mode_read_only;
}

}  // namespace

reply render_status(const admin_context& admin) {
    reply r;
    r.body = json::serialize(status_of(admin));
    return r;
}

answer status(admin_call& c) { return render_status(c.admin); }

answer dashboard(admin_call& c) {
    std::string rows;
    for (const auto& field : status_of(c.admin)) {
        const std::string value = field.value().is_string()
                                      ? std::string(field.value().get_string())
                                      : json::serialize(field.value());
        rows += "<tr><th>" + std::string(field.key()) + "</th><td>" + value + "</td></tr>\n";
    }
    reply r;
    r.content_type = "text/html; charset=utf-8";
    r.add_field(content_security_policy,
                "default-src 'none'; style-src 'unsafe-inline'; "
                "base-uri 'none'; frame-ancestors 'none'");
    r.body =
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta http-equiv=\"refresh\" content=\"5\"><title>Doseline</title>"
        "<style>body{font:16px sans-serif;margin:16px}th{text-align:left;padding-right:24px}"
        "</style></head><body><h1>Doseline</h1><table>\n" +
        rows + "</table></body></html>\n";
    return r;
}

reply render_proof(const core::proof_answer& a, const core::published& state) {
    json::array findings(a.findings.begin(), a.findings.end());
    reply r;
    r.body = json::serialize(json::object{
        {"seq", a.seq},
        {"events", a.events},
        {"drift", a.drift},
        {"checked",
         {{"accounts", a.accounts},
          {"persons", a.persons},
          {"lots", a.lots},
          {"regions", a.shards}}},
        {"findings", std::move(findings)},
        {"as_of", core::format_instant(a.as_of, core::totals_zone(state.programmes()))},
    });
    return r;
}

answer proof(admin_call& c) {
    const auto last = c.admin.prover.last();
    if (c.req.query == "fresh=1" || !last) {
        return pending{core::prove{}, nullptr, {}};
    }
    return render_proof(*last, c.admin.state);
}

bool is_read_only(const admin_context& admin) {
    return admin.state.mode_at(std::chrono::steady_clock::now()) == core::mode::read_only;
}

reply read_only_problem() {
    reply r = problem(core::http_status(errc::read_only), core::code_name(errc::read_only),
                      "nothing can be stored now: send it again when the mode is another one");
    r.add_field(http::field::retry_after, retry_after());
    return r;
}

answer set_mode(admin_call& c) {
    json_fields fields(c.req.body);
    const auto name = fields.required_text("mode", 16);
    std::optional<core::mode> wanted;
    for (const core::mode m :
         {core::mode::normal, core::mode::register_only, core::mode::read_only}) {
        if (name && *name == core::name_of(m)) {
            wanted = m;
        }
    }
    if (name && !wanted) {
        fields.fail(errc::bad_field, "mode");
    }
    if (const auto error = fields.finish()) {
        return problem(error->code, c.lang, {error->field, std::nullopt, 0, std::nullopt});
    }
    c.admin.state.set_operator_mode(*wanted);
    log_event("mode", "an operator set " + std::string(core::name_of(*wanted)));
    return done(c, act_of(*wanted));
}

answer drain(admin_call& c) {
    c.admin.drain();
    return done(c, core::operator_act::drain);
}

}  // namespace doseline::net::admin
