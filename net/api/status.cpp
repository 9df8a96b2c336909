#include "core/confidence.hpp"
#include "net/api/days.hpp"
#include "net/api/handlers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace doseline::net::api {

namespace json = boost::json;

namespace {

std::uint64_t unsent_of_nation(const api_context& api) noexcept {
    std::uint64_t rows = 0;
    for (std::uint32_t r = 0; r < core::limits::regions_max; ++r) {
        if (api.state.newest_in_region(r) == core::no_clinic) {
            break;
        }
        rows += unsent_of_region(api.state, r, today(api));
    }
    return rows;
}

// Of the days before today: those are over, so what is missing of them is late.
core::day_ends past_days(const api_context& api) noexcept {
    core::day_ends past;
    for (std::size_t ago = 1; ago < core::limits::days_kept; ++ago) {
        const core::day_ends day = api.state.ends_of(today(api) - std::chrono::days{ago});
        past.begun += day.begun;
        past.closed += day.closed;
    }
    return past;
}

}  // namespace

// For everybody. What is left of the programmes that are on: the doses of one that is over nobody
// gets, and of one that is to come nobody need know. Doses that no delivery explains yet can make
// the book's sum negative: then there is none left that anybody knows of. unsent: shots that
// clinics said they gave and have yet to send, whatever programme they are of; they are still in
// remaining, and confidence says how much that may be.
answer show_status(call& c) {
    const core::published& state = c.api.state;
    const core::zone_offset zone = core::totals_zone(state.programmes());
    const std::string as_of = core::format_instant(state.as_of(), zone);
    const std::uint64_t unsent = unsent_of_nation(c.api);
    const core::day_ends past = past_days(c.api);
    json::array vaccine;
    for (std::size_t n = 0; n < state.programmes().size(); ++n) {
        const core::programme& programme = *state.programmes()[n];
        const core::civil_day day = core::day_at(c.api.now, programme.offset);
        if (day < programme.starts || programme.ends < day) {
            continue;
        }
        const std::int64_t left = state.remaining(static_cast<core::programme_number>(n));
        vaccine.push_back(json::object{
            {"programme", programme.code},
            {"remaining", std::max<std::int64_t>(left, 0)},
            {"as_of", as_of},
            {"confidence", core::name_of(core::confidence_of(past, unsent, left))},
        });
    }
    const auto refused = names_of(refused_classes(c.mode(), c.api.shed));
    reply r;
    r.body = json::serialize(json::object{
        {"up", true},
        {"mode", core::name_of(c.mode())},
        {"refusing", json::array(refused.begin(), refused.end())},
        {"waiting", state.waiting()},
        {"seq", state.seq()},
        {"as_of", as_of},
        {"vaccine", std::move(vaccine)},
        {"unsent", unsent},
    });
    return r;
}

}  // namespace doseline::net::api
