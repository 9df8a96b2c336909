#include "net/api/handlers.hpp"
#include "net/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace doseline::net::api {

namespace {

namespace json = boost::json;
using scope = core::totals_answer::scope;

reply write(const scope& s, core::sequence seq, core::instant as_of, const api_context& api) {
    json::array by_hour;
    for (const std::uint64_t doses : s.by_hour) {
        by_hour.emplace_back(doses);
    }
    reply r;
    r.body = json::serialize(json::object{
        {"seq", seq},
        {"as_of", core::format_instant(as_of, core::totals_zone(api.state.programmes()))},
        {"doses", s.doses},
        {"by_hour", std::move(by_hour)},
        {"remaining", s.remaining},
    });
    return r;
}

template <scope core::totals_answer::*Scope>
reply render(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const auto& totals = std::get<core::totals_answer>(outcome);
    return write(totals.*Scope, totals.seq, totals.as_of, api);
}

core::civil_day today(const call& c) {
    return core::day_at(c.api.now, core::totals_zone(c.api.state.programmes()));
}

// What is published of a clinic holds from its last event on, and so at the newest number too.
reply of_clinic(const call& c) {
    const core::sequence newest = c.api.state.seq();
    core::clinic_tally tally;
    const core::sequence seq = std::max(newest, c.api.state.read_tally(c.who.clinic, tally));
    scope s;
    s.doses = tally.doses;
    s.remaining = tally.remaining;
    if (tally.day == today(c)) {
        std::copy(tally.by_hour.begin(), tally.by_hour.end(), s.by_hour.begin());
    }
    return write(s, seq, c.api.state.as_of(), c.api);
}

// While no commit comes back, no clinic is told of a dose: the shards stand still, and their sum is
// exact at the newest number without a cut.
reply while_stalled(const call& c, bool whole_nation) {
    std::uint32_t regions = 0;
    for (core::clinic_number n = 0; n < c.api.state.clinics(); ++n) {
        regions = std::max(regions, c.api.state.clinic(n).region_index + 1);
    }
    const core::dose_counts counts = c.api.totals.settled(regions);
    scope s;
    for (std::uint32_t r = 0; r < regions; ++r) {
        if (!whole_nation && r != c.clinic().region_index) {
            continue;
        }
        s.doses += counts.doses(r);
        s.remaining += c.api.state.remaining_of_region(r);
        for (unsigned hour = 0; hour < s.by_hour.size(); ++hour) {
            s.by_hour[hour] += counts.in_hour(r, hour, today(c));
        }
    }
    return write(s, c.api.state.seq(), c.api.state.as_of(), c.api);
}

}  // namespace

answer show_totals(call& c) {
    constexpr std::string_view name = "scope=";
    const std::string_view query = c.req.query;
    const std::string_view asked =
        query.starts_with(name) ? query.substr(name.size()) : std::string_view("clinic");
    const bool nation = asked == "nation";
    if ((!nation && asked != "region" && asked != "clinic") ||
        !(query.empty() || query.starts_with(name))) {
        return problem(core::errc::bad_field, c.lang, {"scope", std::nullopt, 0, std::nullopt});
    }
    if (asked == "clinic") {
        return of_clinic(c);
    }
    if (c.api.state.commit_stalled(c.api.steady_now)) {
        return while_stalled(c, nation);
    }
    render_context context;
    context.lang = c.lang;
    return pending{
        core::count_totals{c.actor()},
        nation ? render<&core::totals_answer::nation> : render<&core::totals_answer::region>,
        context};
}

}  // namespace doseline::net::api
