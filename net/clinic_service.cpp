#include "net/clinic_service.hpp"

#include "net/api/dose_request.hpp"
#include "net/api/handlers.hpp"
#include "net/api/session.hpp"
#include "net/client_certificate.hpp"
#include "net/page.hpp"
#include "net/problem.hpp"
#include "net/texts.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace doseline::net {

namespace {

using core::errc;
using clinic_route = net::route<call>;

constexpr std::size_t body_max = core::limits::body_bytes_max;

constexpr std::array table{
    // verb, path, class, who, body, body bytes, handler
    clinic_route{http::verb::post, "/v1/session", work_class::check, role::anyone, body_kind::json,
                 body_max, api::open_session},
    clinic_route{http::verb::post, "/v1/checks", work_class::check, role::clinic, body_kind::json,
                 body_max, api::check},
    clinic_route{http::verb::post, "/v1/registrations", work_class::registration, role::clinic,
                 body_kind::json, body_max, api::register_dose},
    clinic_route{http::verb::get, "/v1/registrations", work_class::stock, role::clinic,
                 body_kind::none, 0, api::list_registrations},
    clinic_route{http::verb::post, "/v1/registrations/batch", work_class::registration,
                 role::clinic, body_kind::json, core::limits::batch_body_bytes_max,
                 api::register_batch},
    clinic_route{http::verb::get, "/v1/registrations/{id}", work_class::stock, role::clinic,
                 body_kind::none, 0, api::show_registration},
    clinic_route{http::verb::post, "/v1/registrations/{id}/void", work_class::stock, role::clinic,
                 body_kind::json, body_max, api::void_registration},
    clinic_route{http::verb::post, "/v1/registrations/{id}/corrections", work_class::stock,
                 role::clinic, body_kind::json, body_max, api::correct_registration},
    clinic_route{http::verb::post, "/v1/registrations/{id}/claim", work_class::stock, role::clinic,
                 body_kind::json, body_max, api::decide_claim},
    clinic_route{http::verb::get, "/v1/stock", work_class::stock, role::clinic, body_kind::none, 0,
                 api::show_stock},
    clinic_route{http::verb::get, "/v1/stock/cover", work_class::report, role::clinic,
                 body_kind::none, 0, api::show_cover},
    clinic_route{http::verb::post, "/v1/stock/movements", work_class::stock, role::clinic,
                 body_kind::json, body_max, api::move_stock},
    clinic_route{http::verb::get, "/v1/stock/movements", work_class::stock, role::clinic,
                 body_kind::none, 0, api::list_movements},
    clinic_route{http::verb::get, "/v1/day", work_class::stock, role::clinic, body_kind::none, 0,
                 api::show_day},
    clinic_route{http::verb::post, "/v1/day", work_class::stock, role::clinic, body_kind::json,
                 body_max, api::report_day},
    clinic_route{http::verb::get, "/v1/days", work_class::report, role::clinic, body_kind::none, 0,
                 api::list_days},
    clinic_route{http::verb::get, "/v1/totals", work_class::report, role::clinic, body_kind::none,
                 0, api::show_totals},
    clinic_route{http::verb::get, "/status", work_class::page, role::anyone, body_kind::none, 0,
                 api::show_status},
    clinic_route{http::verb::get, "/", work_class::page, role::anyone, body_kind::none, 0,
                 show_page},
    clinic_route{http::verb::get, "/page.css", work_class::page, role::anyone, body_kind::none, 0,
                 show_style},
    clinic_route{http::verb::post, "/page/login", work_class::page, role::anyone, body_kind::form,
                 body_max, post_login},
    clinic_route{http::verb::post, "/page/check", work_class::check, role::clinic, body_kind::form,
                 body_max, post_check},
    clinic_route{http::verb::get, "/page/list", work_class::stock, role::clinic, body_kind::none, 0,
                 show_list},
    clinic_route{http::verb::get, "/page/day", work_class::stock, role::clinic, body_kind::none, 0,
                 show_day},
    clinic_route{http::verb::post, "/page/day", work_class::stock, role::clinic, body_kind::form,
                 body_max, post_day},
    clinic_route{http::verb::post, "/page/void", work_class::stock, role::clinic, body_kind::form,
                 body_max, post_void},
    clinic_route{http::verb::post, "/page/correct", work_class::stock, role::clinic,
                 body_kind::form, body_max, post_correct},
    clinic_route{http::verb::post, "/page/register", work_class::registration, role::clinic,
                 body_kind::form, body_max, post_register},
};

// Of browsers: they are answered with HTML, refusals too.
bool is_page(const clinic_route& r) noexcept { return r.pattern.starts_with("/page/"); }

// Of the calls that end with a shot: their errors say whether it may go ahead.
bool is_about_a_shot(work_class work) noexcept {
    return work == work_class::registration || work == work_class::check;
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) noexcept {
    while (!cookies.empty()) {
        std::string_view one = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(one.size() + 1, cookies.size()));
        while (one.starts_with(' ')) {
            one.remove_prefix(1);
        }
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
            return one.substr(name.size() + 1);
        }
    }
    return {};
}

// Who has not named itself is named after its device.
core::user_code user_of(std::uint32_t device) noexcept {
    std::array<char, 32> text{"device-"};
    char* const number = text.data() + std::string_view(text.data()).size();
    const auto end = std::to_chars(number, text.data() + text.size(), device % 1'000'000'000).ptr;
    return core::user_code(
        std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

bool is_user_code(std::string_view text) noexcept {
    return text.size() <= core::limits::user_code_bytes_max && api::is_code(text);
}

// What it asks was not looked at: nothing is said of the injection.
reply rate_refusal(const call& c, bool page) {
    render_context context;
    context.lang = c.lang;
    context.page = page;
    const core::refusal too_many{errc::rate, "", 0, std::nullopt};
    return page ? page_problem(too_many, context, c.api) : problem(too_many, context);
}

}  // namespace

std::variant<route_facts, reply> clinic_service::route(const request& head,
                                                       std::size_t body_bytes) {
    const language lang = language_of(head.accept_language);
    const auto found = find_route(std::span<const clinic_route>(table), head.verb, head.path);
    if (found.route == nullptr && found.allow.empty()) {
        return problem(errc::not_found, lang);
    }
    if (found.route == nullptr) {
        reply r = problem(errc::method_not_allowed, lang);
        r.add_field(http::field::allow, found.allow);
        return r;
    }
    const clinic_route& r = *found.route;
    const auto refused = [&](errc code) {
        problem_details details;
        if (is_about_a_shot(r.work)) {
            details.vaccinate = false;  // nothing is known of the person
        }
        return problem(code, lang, details);
    };
    if (body_bytes > r.body_bytes_max && r.body != body_kind::none) {
        return refused(errc::body_too_large);
    }
    if (!is_kind(head.content_type, r.body)) {
        return refused(errc::unsupported_type);
    }
    return route_facts{r.work, r.body_bytes_max, is_page(r)};
}

// By the Authorization field, else the cookie, else the client's certificate. A clinic that is not
// in the registry has no token that counts.
bool clinic_service::authenticate(call& c, bool by_certificate) {
    constexpr std::string_view bearer = "Bearer ";
    std::string_view token;
    if (c.req.authorization.starts_with(bearer)) {
        token = c.req.authorization.substr(bearer.size());
    } else {
        token = cookie_value(c.req.cookie, api::session_cookie);
    }
    auto claims = core::result<device_claims>(errc::auth_required);
    if (!token.empty()) {
        claims = api_.tokens.read(token, api_.now);
    } else if (c.req.certificate != nullptr && by_certificate) {
        claims = read_client_certificate(*c.req.certificate, api_.now);
    }
    const auto clinic = claims ? api_.state.find_clinic(claims->clinic_code) : std::nullopt;
    if (!clinic || api_.state.revoked(*clinic, claims->device, claims->issued_at)) {
        return false;
    }
    c.who.clinic = *clinic;
    c.who.device = claims->device;
    c.who.user = c.req.user.empty() ? user_of(claims->device) : core::user_code(c.req.user);
    return true;
}

// What is sealed or opened from here on is so under the newest data key.
void clinic_service::begin() {
    api_.json.begin();
    api_.seal.renew(api_.keys.now());
}

answer clinic_service::handle(const request& whole) {
    begin();
    api_.now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    api_.steady_now = std::chrono::steady_clock::now();
    const auto found = find_route(std::span<const clinic_route>(table), whole.verb, whole.path);
    call c{whole, api_, language_of(whole.accept_language), {}, found.id};
    problem_details details;
    if (is_about_a_shot(found.route->work)) {
        details.vaccinate = false;  // nothing is known of the person
    }
    // A browser shows its certificate to whatever another site's form sends here, so the page goes
    // by its cookie alone.
    const bool by_certificate = found.route->needs == role::clinic && !is_page(*found.route);
    const bool known = authenticate(c, by_certificate);
    if (found.route->needs == role::clinic && !known) {
        if (is_page(*found.route)) {
            return ask_for_code(c);
        }
        return problem(errc::auth_required, c.lang, details);
    }
    if (!whole.user.empty() && !is_user_code(whole.user)) {
        details.field = "Doseline-User";
        return problem(errc::bad_field, c.lang, details);
    }
    // What anybody may ask costs no more than its refusal.
    return found.route->needs == role::clinic ? within_caps(c, *found.route)
                                              : found.route->handle(c);
}

// One clinic's rate and concurrency, whichever of its devices asks.
answer clinic_service::within_caps(call& c, const clinic_route& r) {
    auto place = caps_.enter(c.who.clinic, api_.steady_now);
    if (!place) {
        return rate_refusal(c, is_page(r));
    }
    answer given = r.handle(c);
    if (auto* asked = std::get_if<pending>(&given)) {
        asked->held = std::move(*place);
    } else if (auto* several = std::get_if<pending_rows>(&given)) {
        for (auto& row : several->rows) {  // each counts as if it had come by itself
            if (auto* one = std::get_if<pending>(&row)) {
                auto own = caps_.enter(c.who.clinic, api_.steady_now);
                own ? one->held = std::move(*own), void() : void(row = rate_refusal(c, false));
            }
        }
    }
    return given;
}

reply clinic_service::render(const pending& what, core::outcome&& outcome) {
    begin();
    return what.render(std::move(outcome), what.context, api_);
}

reply clinic_service::refuse_wait(const request& whole, const render_context* context) {
    render_context mine;
    mine.lang = language_of(whole.accept_language);
    const render_context& used = context == nullptr ? mine : *context;
    const core::refusal refused{errc::wait, "", 0, used.vaccinate};
    return used.page ? page_problem(refused, used, api_) : problem(refused, used);
}

}  // namespace doseline::net
