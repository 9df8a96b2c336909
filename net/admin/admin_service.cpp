#include "net/admin/admin_service.hpp"

#include "net/admin/handlers.hpp"
#include "net/problem.hpp"
#include "net/texts.hpp"

#include <iterator>

namespace doseline::net {

namespace {

using core::errc;

const std::vector<admin_route>& own_table() {
    static const std::vector<admin_route> table{
        {http::verb::get, "/livez", work_class::page, role::anyone, body_kind::none, 0,
         admin::livez},
        {http::verb::get, "/readyz", work_class::page, role::anyone, body_kind::none, 0,
         admin::readyz},
        {http::verb::get, "/metrics", work_class::page, role::anyone, body_kind::none, 0,
         admin::metrics},
        {http::verb::get, "/", work_class::page, role::operator_, body_kind::none, 0,
         admin::dashboard},
        {http::verb::get, "/admin/v1/status", work_class::page, role::operator_, body_kind::none, 0,
         admin::status},
        {http::verb::get, "/admin/v1/proof", work_class::report, role::operator_, body_kind::none,
         0, admin::proof},
        {http::verb::get, "/admin/v1/stock", work_class::report, role::operator_, body_kind::none,
         0, admin::stock},
        {http::verb::post, "/admin/v1/audit", work_class::report, role::auditor, body_kind::json,
         core::limits::body_bytes_max, admin::query_audit},
        {http::verb::post, "/admin/v1/revocations", work_class::page, role::operator_,
         body_kind::json, core::limits::body_bytes_max, admin::revoke},
        {http::verb::post, "/admin/v1/payments", work_class::page, role::operator_, body_kind::json,
         core::limits::body_bytes_max, admin::pay_claims},
        {http::verb::put, "/admin/v1/clinics/{id}", work_class::page, role::operator_,
         body_kind::json, core::limits::body_bytes_max, admin::put_clinic},
        {http::verb::put, "/admin/v1/lots/{id}", work_class::page, role::operator_, body_kind::json,
         core::limits::body_bytes_max, admin::put_lot},
        {http::verb::put, "/admin/v1/shipments/{id}", work_class::page, role::operator_,
         body_kind::json, core::limits::body_bytes_max, admin::put_shipment},
        {http::verb::put, "/admin/v1/programmes/{id}", work_class::page, role::operator_,
         body_kind::toml, core::limits::body_bytes_max, admin::put_programme},
        {http::verb::get, "/admin/v1/backup", work_class::page, role::operator_, body_kind::none, 0,
         admin::show_backup},
        {http::verb::post, "/admin/v1/backup", work_class::page, role::operator_, body_kind::none,
         core::limits::body_bytes_max, admin::begin_backup},
        {http::verb::post, "/admin/v1/mode", work_class::page, role::operator_, body_kind::json,
         core::limits::body_bytes_max, admin::set_mode},
        {http::verb::post, "/admin/v1/drain", work_class::page, role::operator_, body_kind::none,
         core::limits::body_bytes_max, admin::drain},
        {http::verb::post, "/admin/v1/reload", work_class::page, role::operator_, body_kind::none,
         core::limits::body_bytes_max, admin::reload},
    };
    return table;
}

bool may(role needed, const request& req, const admin_context& admin) noexcept {
    constexpr std::string_view bearer = "Bearer ";
    if (needed == role::anyone) {
        return true;
    }
    const console_token& token = needed == role::auditor ? admin.auditors : admin.operators;
    return req.authorization.starts_with(bearer) &&
           token.matches(req.authorization.substr(bearer.size()));
}

}  // namespace

admin_service::admin_service(admin_context& admin, std::vector<admin_route> more)
    : admin_(admin), table_(own_table()) {
    std::move(more.begin(), more.end(), std::back_inserter(table_));
}

std::variant<route_facts, reply> admin_service::route(const request& head, std::size_t body_bytes) {
    const language lang = language_of(head.accept_language);
    const auto found = find_route(std::span<const admin_route>(table_), head.verb, head.path);
    if (found.route == nullptr && found.allow.empty()) {
        return problem(errc::not_found, lang);
    }
    if (found.route == nullptr) {
        reply r = problem(errc::method_not_allowed, lang);
        r.add_field(http::field::allow, found.allow);
        return r;
    }
    if (body_bytes > found.route->body_bytes_max) {
        return problem(errc::body_too_large, lang);
    }
    if (!is_kind(head.content_type, found.route->body)) {
        return problem(errc::unsupported_type, lang);
    }
    return route_facts{found.route->work, found.route->body_bytes_max};
}

answer admin_service::handle(const request& whole) {
    const auto found = find_route(std::span<const admin_route>(table_), whole.verb, whole.path);
    admin_call c{whole, admin_, language_of(whole.accept_language), found.id};
    if (!may(found.route->needs, whole, admin_)) {
        return problem(errc::auth_required, c.lang);
    }
    return found.route->handle(c);
}

// Most calls are answered at once; these wait for the committer.
reply admin_service::render(const pending& what, core::outcome&& outcome) {
    if (const auto& act = what.context.done) {
        return admin::render_done(*act, !std::holds_alternative<core::refusal>(outcome), admin_);
    }
    if (const auto* proved = std::get_if<core::proof_answer>(&outcome)) {
        return admin::render_proof(*proved, admin_.state);
    }
    if (const auto* found = std::get_if<core::audit_list>(&outcome)) {
        return admin::render_audit(*found->page, admin_);
    }
    if (const auto* revoked = std::get_if<core::revoked_answer>(&outcome)) {
        return admin::render_revoked(*revoked, admin_.state);
    }
    if (const auto* taken = std::get_if<core::accepted>(&outcome)) {
        return admin::render_accepted(*taken);
    }
    if (const auto* shipped = std::get_if<core::shipment_receipt>(&outcome)) {
        return admin::render_shipped(*shipped, admin_.state);
    }
    if (const auto* paid = std::get_if<core::claim_receipt>(&outcome)) {
        return admin::render_paid(*paid, admin_.state);
    }
    return admin::render_refused(std::get<core::refusal>(outcome), what.context);
}

reply admin_service::refuse_wait(const request& whole, const render_context* context) {
    if (context != nullptr && context->done) {
        return admin::render_done(*context->done, false, admin_);
    }
    return problem(errc::wait, language_of(whole.accept_language));
}

}  // namespace doseline::net
