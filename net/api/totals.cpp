#include "net/api/handlers.hpp"
#include "net/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::api {

namespace {

namespace json = boost::json;

reply render(core::outcome&& outcome, const render_context& context, api_context& api,
             core::totals_answer::scope core::totals_answer::*scope) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const auto& totals = std::get<core::totals_answer>(outcome);
    const core::totals_answer::scope& s = totals.*scope;
    json::array by_hour;
    for (const std::uint64_t doses : s.by_hour) {
        by_hour.emplace_back(doses);
    }
    reply r;
    r.body = json::serialize(json::object{
        {"seq", totals.seq},
        {"as_of", core::format_instant(totals.as_of, core::totals_zone(api.state.programmes()))},
        {"doses", s.doses},
        {"by_hour", std::move(by_hour)},
        {"remaining", s.remaining},
    });
    return r;
}

template <core::totals_answer::scope core::totals_answer::*Scope>
reply render_scope(core::outcome&& outcome, const render_context& context, api_context& api) {
    return render(std::move(outcome), context, api, Scope);
}

}  // namespace

answer show_totals(call& c) {
    constexpr std::string_view name = "scope=";
    const std::string_view query = c.req.query;
    const std::string_view scope =
        query.starts_with(name) ? query.substr(name.size()) : std::string_view("clinic");
    render_function render_as = nullptr;
    if (scope == "nation") {
        render_as = render_scope<&core::totals_answer::nation>;
    } else if (scope == "region") {
        render_as = render_scope<&core::totals_answer::region>;
    } else if (scope == "clinic" && (query.empty() || query.starts_with(name))) {
        render_as = render_scope<&core::totals_answer::clinic>;
    } else {
        return problem(core::errc::bad_field, c.lang, {"scope", std::nullopt, 0, std::nullopt});
    }
    render_context context;
    context.lang = c.lang;
    return pending{core::count_totals{c.actor()}, render_as, context};
}

}  // namespace doseline::net::api
