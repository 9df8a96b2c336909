#include "net/admin/handlers.hpp"
#include "net/api/checks.hpp"
#include "net/api/stock_cover.hpp"
#include "net/form_fields.hpp"
#include "net/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <map>
#include <vector>

// Where the nation's vaccine is, by region, against what is used there. Of clinics there are only
// sums here: a single one is its health centre's.
namespace doseline::net::admin {

namespace json = boost::json;
using core::errc;

// Looks at each clinic, on the operators' own thread.
answer stock(admin_call& c) {
    const form_fields query(c.req.query);
    if (!query.has_only({"days"})) {
        return problem(errc::unknown_field, c.lang);
    }
    const auto days = api::cover_days(query["days"]);
    if (!days) {
        return problem(errc::bad_field, c.lang, {"days", std::nullopt, 0, std::nullopt});
    }
    const core::published& state = c.admin.state;
    const core::zone_offset zone = core::totals_zone(state.programmes());
    const core::sequence seq = state.seq();  // what is read below is of this number or a later one
    const core::instant as_of = state.as_of();
    const core::civil_day today = core::day_at(
        std::chrono::time_point_cast<core::instant::duration>(std::chrono::system_clock::now()),
        zone);
    std::map<std::uint32_t, core::region_cover> regions;
    std::vector<core::stock_row> rows;
    for (core::clinic_number n = 0; n < state.clinics(); ++n) {
        const core::stock_use use = core::stock_use_of(state, n, today, rows);
        regions[state.clinic(n).region].add(use, core::cover_of(use, *days));
    }
    json::array list;
    for (const auto& [region, sums] : regions) {
        json::object row{{"region", api::region_text(region)}};
        api::add_sums(row, sums);
        list.push_back(std::move(row));
    }
    reply r;
    r.body = json::serialize(json::object{
        {"seq", seq},
        {"as_of", core::format_instant(as_of, zone)},
        {"days", *days},
        {"regions", std::move(list)},
    });
    return r;
}

}  // namespace doseline::net::admin
