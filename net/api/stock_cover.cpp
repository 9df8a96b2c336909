#include "net/api/stock_cover.hpp"

#include "net/api/checks.hpp"
#include "net/api/days.hpp"
#include "net/api/handlers.hpp"
#include "net/clinic_code.hpp"
#include "net/form_fields.hpp"
#include "net/problem.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <charconv>
#include <tuple>
#include <vector>

// Where a region has vaccine to spare and where it is running out, for the health centre that can
// have it moved. Read from what is published: nobody's data are in it, and no registration waits.
namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

struct cover_query {
    std::int64_t days = 0;
    core::clinic_number from = core::no_clinic;
};

struct cover_row {
    core::clinic_number clinic = 0;
    core::stock_use use;
    core::stock_cover cover;
};

reply wrong(const call& c, std::string_view field) {
    return problem(errc::bad_field, c.lang, {field, std::nullopt, 0, std::nullopt});
}

std::variant<cover_query, reply> read_query(const call& c) {
    const form_fields query(c.req.query);
    if (!query.has_only({"days", "cursor"})) {
        return problem(errc::unknown_field, c.lang);
    }
    cover_query asked;
    const auto days = cover_days(query["days"]);
    if (!days) {
        return wrong(c, "days");
    }
    asked.days = *days;
    asked.from = c.api.state.newest_in_region(c.clinic().region_index);
    if (const std::string_view cursor = query["cursor"]; !cursor.empty()) {
        const auto code = parse_clinic_code(cursor);
        const auto last = code ? c.api.state.find_clinic(*code) : std::nullopt;
        if (!last || c.api.state.clinic(*last).region_index != c.clinic().region_index) {
            return wrong(c, "cursor");
        }
        asked.from = c.api.state.clinic(*last).older_in_region;
    }
    return asked;
}

json::object row_json(const cover_row& row, api_context& api) {
    const core::clinic_card& card = api.state.clinic(row.clinic);
    return json::object(
        {
            {"clinic", clinic_code_text(card.code)},
            {"name", card.name},
            {"usable", row.use.usable},
            {"in_transit", row.use.in_transit},
            {"given", row.use.given},
            {"over_days", row.use.over_days},
            {"need", row.cover.need},
            {"surplus", row.cover.surplus},
            {"shortage", row.cover.shortage},
        },
        api.json.memory());
}

// Those that have any of it, the most first.
json::array most(std::int64_t core::stock_cover::*figure, std::vector<cover_row>& rows,
                 api_context& api) {
    const auto shown = rows.begin() + static_cast<std::ptrdiff_t>(
                                          std::min(rows.size(), core::limits::list_rows_max));
    std::partial_sort(rows.begin(), shown, rows.end(), [&](const cover_row& a, const cover_row& b) {
        return std::tuple(-(a.cover.*figure), a.clinic) < std::tuple(-(b.cover.*figure), b.clinic);
    });
    json::array list(api.json.memory());
    for (auto row = rows.begin(); row != shown && row->cover.*figure > 0; ++row) {
        list.push_back(row_json(*row, api));
    }
    return list;
}

}  // namespace

std::optional<std::int64_t> cover_days(std::string_view text) noexcept {
    constexpr std::int64_t week = 7;
    if (text.empty()) {
        return week;
    }
    std::int64_t days = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, days);
    const bool good =
        error == std::errc{} && stopped == end && days >= 1 && days <= core::limits::cover_days_max;
    return good ? std::optional(days) : std::nullopt;
}

void add_sums(json::object& to, const core::region_cover& sums) {
    to["clinics"] = sums.clinics;
    to["empty"] = sums.empty;
    to["usable"] = sums.usable;
    to["in_transit"] = sums.in_transit;
    to["given"] = sums.given;
    to["surplus"] = sums.surplus;
    to["shortage"] = sums.shortage;
}

// At most limits::cover_clinics_max are looked at, which is more than a region of ours has; the
// sums, and who comes first, are of these.
answer show_cover(call& c) {
    if (c.clinic().kind != core::facility_kind::health_centre) {
        return problem(errc::not_found, c.lang);
    }
    auto read = read_query(c);
    if (auto* refused = std::get_if<reply>(&read)) {
        return std::move(*refused);
    }
    const auto& asked = std::get<cover_query>(read);
    const core::published& state = c.api.state;
    const core::sequence seq = state.seq();  // what is read below is of this number or a later one
    const core::instant as_of = state.as_of();
    std::vector<cover_row> rows;
    core::region_cover sums;
    core::clinic_number last = core::no_clinic;
    core::clinic_number n = asked.from;
    for (std::size_t looked = 0; n != core::no_clinic && looked < core::limits::cover_clinics_max;
         ++looked) {
        const core::clinic_card& card = state.clinic(n);
        if (n == c.who.clinic || core::looks_after(c.clinic(), card)) {
            const core::stock_use use = core::stock_use_of(state, n, today(c.api), c.api.rows);
            rows.push_back({n, use, core::cover_of(use, asked.days)});
            sums.add(use, rows.back().cover);
        }
        last = n;
        n = card.older_in_region;
    }
    json::object body(
        {
            {"region", region_text(c.clinic().region)},
            {"seq", seq},
            {"as_of", core::format_instant(as_of, core::totals_zone(state.programmes()))},
            {"days", asked.days},
        },
        c.api.json.memory());
    add_sums(body, sums);
    body["short"] = most(&core::stock_cover::shortage, rows, c.api);
    body["to_spare"] = most(&core::stock_cover::surplus, rows, c.api);
    if (n != core::no_clinic) {
        body["next"] = clinic_code_text(state.clinic(last).code);
    }
    return c.api.json.reply_with(body);
}

}  // namespace doseline::net::api
