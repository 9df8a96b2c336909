#include "net/api/days.hpp"

#include "net/api/checks.hpp"
#include "net/api/clinic_meant.hpp"
#include "net/api/handlers.hpp"
#include "net/api/stock_json.hpp"
#include "net/clinic_code.hpp"
#include "net/form_fields.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cmath>

// Days of clinics: a clinic says what it has yet to send, and sees what its book does not have;
// its health centre sees who has not said so. Nobody's data are in them.
namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

void add_day(json::object& to, const core::clinic_day& d, core::civil_day day,
             const api_context& api) {
    to["state"] = core::name_of(state_of(d));
    to["registered"] = d.registered;
    if (d.reported()) {
        to["unsent"] = d.left();
        to["reported_at"] = core::format_instant(
            core::reported_at(d, day, core::totals_zone(api.state.programmes())),
            core::totals_zone(api.state.programmes()));
        to["registered_since"] = d.registered_since;
    }
}

reply day_reply(core::clinic_number clinic, core::civil_day day, const core::clinic_day& d,
                api_context& api) {
    core::sequence seq = 0;
    json::array accounts = accounts_of(clinic, api, seq);
    const stock_expected stock = expected_of(clinic, api);
    json::object body(
        {
            {"clinic", clinic_code_text(api.state.clinic(clinic).code)},
            {"date", core::format_day(day)},
        },
        api.json.memory());
    add_day(body, d, day, api);
    body["seq"] = seq;
    body["stock"] = json::object(
        {
            {"remaining", stock.remaining},
            {"unsent", stock.unsent},
            {"expected", stock.expected()},
            {"accounts", std::move(accounts)},
        },
        api.json.memory());
    return api.json.reply_with(body);
}

reply render_report(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const auto& receipt = std::get<core::day_receipt>(outcome);
    reply r = day_reply(receipt.clinic, receipt.day, receipt.after, api);
    if (receipt.replayed) {
        r.add_field("Replayed", "true");
    } else {
        r.status = 201;
    }
    return r;
}

reply wrong(const call& c, errc why, std::string_view field) {
    return problem(why, c.lang, {field, std::nullopt, 0, std::nullopt});
}

reply wrong(const call& c, const boost::system::error_code& why, std::string_view field) {
    return wrong(c, static_cast<errc>(why.value()), field);
}

// Of what states a list is, and behind which clinic it goes on.
struct region_query {
    core::civil_day day;
    std::optional<core::day_state> state;  // nothing: of those that are begun and not closed
    core::clinic_number from = core::no_clinic;

    bool lists(core::day_state s) const noexcept {
        return state ? s == *state : s == core::day_state::open || s == core::day_state::closing;
    }
};

std::variant<region_query, reply> read_region_query(const call& c) {
    const form_fields query(c.req.query);
    if (!query.has_only({"date", "state", "cursor"})) {
        return problem(errc::unknown_field, c.lang);
    }
    region_query asked;
    const auto day = day_meant(c, query["date"]);
    if (!day) {
        return wrong(c, day.error(), "date");
    }
    asked.day = *day;
    if (const std::string_view state = query["state"]; !state.empty()) {
        asked.state = core::day_state_named(state);
        if (!asked.state) {
            return wrong(c, errc::bad_field, "state");
        }
    }
    asked.from = c.api.state.newest_in_region(c.clinic().region_index);
    if (const std::string_view cursor = query["cursor"]; !cursor.empty()) {
        const auto code = parse_clinic_code(cursor);
        const auto last = code ? c.api.state.find_clinic(*code) : std::nullopt;
        if (!last || c.api.state.clinic(*last).region_index != c.clinic().region_index) {
            return wrong(c, errc::bad_field, "cursor");
        }
        asked.from = c.api.state.clinic(*last).older_in_region;
    }
    return asked;
}

}  // namespace

core::civil_day today(const api_context& api) noexcept {
    return core::day_at(api.now, core::totals_zone(api.state.programmes()));
}

core::result<core::civil_day> day_meant(const call& c, std::string_view date) {
    const core::civil_day newest = today(c.api);
    if (date.empty()) {
        return newest;
    }
    const auto day = core::parse_day(date);
    if (!day) {
        return errc::bad_field;
    }
    if (*day > newest) {
        return errc::future_date;
    }
    if (newest - *day >= std::chrono::days{core::limits::days_kept}) {
        return errc::day_forgotten;
    }
    return *day;
}

stock_expected expected_of(core::clinic_number clinic, const api_context& api) {
    stock_expected stock;
    for (const core::stock_row& row : api.rows) {
        stock.remaining += std::int64_t{row.on_hand} + row.suspense;
    }
    for (std::size_t ago = 0; ago < core::limits::days_kept; ++ago) {
        stock.unsent += api.state.read_day(clinic, today(api) - std::chrono::days{ago}).left();
    }
    return stock;
}

std::uint64_t unsent_of_region(const core::published& state, std::uint32_t region_index,
                               core::civil_day today) noexcept {
    std::uint64_t rows = 0;
    for (std::size_t ago = 0; ago < core::limits::days_kept; ++ago) {
        rows += state.unsent_of_region(region_index, today - std::chrono::days{ago});
    }
    return rows;
}

// From what the committer published, as stock is.
answer show_day(call& c) {
    const form_fields query(c.req.query);
    if (!query.has_only({"clinic", "date"})) {
        return problem(errc::unknown_field, c.lang);
    }
    const auto clinic = clinic_meant(c, query["clinic"]);
    if (!clinic) {
        return wrong(c, clinic.error(), "clinic");
    }
    const auto day = day_meant(c, query["date"]);
    if (!day) {
        return wrong(c, day.error(), "date");
    }
    return day_reply(*clinic, *day, c.api.state.read_day(*clinic, *day), c.api);
}

answer report_day(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    core::report_day command;
    const double unsent = fields.number("unsent").value_or(-1);
    if (!(unsent >= 0 && unsent <= core::limits::day_unsent_max) || unsent != std::floor(unsent)) {
        fields.fail(errc::bad_field, "unsent");
    } else {
        command.unsent = static_cast<std::uint16_t>(unsent);
    }
    if (const auto date = fields.text("date", 10)) {
        const auto day = core::parse_day(*date);
        if (day) {
            command.day = *day;
        } else {
            fields.fail(errc::bad_field, "date");
        }
    }
    if (const auto error = fields.finish()) {
        return wrong(c, error->code, error->field);
    }
    if (c.mode() == core::mode::read_only) {
        return problem(errc::read_only, c.lang);
    }
    command.by = c.actor();
    render_context context;
    context.lang = c.lang;
    return pending{command, render_report, context};
}

// The clinics of the centre's region, the newest first. At most limits::day_clinics_max are looked
// at, so a page may be short, or empty, and still lead on.
answer list_days(call& c) {
    if (c.clinic().kind != core::facility_kind::health_centre) {
        return problem(errc::not_found, c.lang);
    }
    auto read = read_region_query(c);
    if (auto* refused = std::get_if<reply>(&read)) {
        return std::move(*refused);
    }
    const auto& asked = std::get<region_query>(read);
    const core::published& state = c.api.state;
    json::array rows(c.api.json.memory());
    core::clinic_number last = core::no_clinic;
    core::clinic_number n = asked.from;
    for (std::size_t looked = 0; n != core::no_clinic && looked < core::limits::day_clinics_max &&
                                 rows.size() < core::limits::list_rows_max;
         ++looked) {
        const core::clinic_card& card = state.clinic(n);
        const core::clinic_day d = state.read_day(n, asked.day);
        if (core::looks_after(c.clinic(), card) && asked.lists(state_of(d))) {
            json::object row({{"clinic", clinic_code_text(card.code)}, {"name", card.name}},
                             c.api.json.memory());
            add_day(row, d, asked.day, c.api);
            rows.push_back(std::move(row));
        }
        last = n;
        n = card.older_in_region;
    }
    json::object body(
        {
            {"region", region_text(c.clinic().region)},
            {"date", core::format_day(asked.day)},
            {"unsent", state.unsent_of_region(c.clinic().region_index, asked.day)},
            {"days", std::move(rows)},
        },
        c.api.json.memory());
    if (n != core::no_clinic) {
        body["next"] = clinic_code_text(state.clinic(last).code);
    }
    return c.api.json.reply_with(body);
}

}  // namespace doseline::net::api
