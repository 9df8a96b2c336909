#include "core/movement_page.hpp"
#include "net/api/handlers.hpp"
#include "net/api/list_query.hpp"
#include "net/api/movement_json.hpp"
#include "net/clinic_code.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace doseline::net::api {

namespace {

namespace json = boost::json;

// Doses of that account that its clinic has yet to confirm, whoever sent them: boxes have no
// number, so which of them have arrived nobody knows. None: nothing is on its way any more.
std::int32_t in_transit_of(const core::account_name& account, api_context& api) {
    std::int32_t doses = 0;
    api.state.read_stock(account.clinic, api.rows);
    for (const core::stock_row& row : api.rows) {
        if (row.lot == account.lot && row.funding == account.funding) {
            doses += row.in_transit;
        }
    }
    return doses;
}

// From the nation: an operator's shipment, or a delivery that came confirmed.
json::object row_of(core::sequence seq, const core::stock_moved& e, core::clinic_number,
                    api_context& api) {
    const core::zone_offset zone = api.state.programmes()[api.state.lot(e.lot).programme]->offset;
    const bool shipped = e.kind == core::movement::shipped;
    json::object row =
        movement_head(seq, shipped ? "shipment" : core::name_of(core::stock_action::confirmed),
                      e.lot, e.funding, e.quantity, api);
    row["recorded_at"] = core::format_instant(e.header.recorded_at, zone);
    return row;
}

json::object row_of(core::sequence seq, const core::stock_changed& e, core::clinic_number clinic,
                    api_context& api) {
    if (e.own.clinic == clinic) {
        json::object row = movement_json(seq, e, api);
        row["user"] = e.user.view();
        if (e.other.clinic != core::no_clinic && e.other.clinic != clinic) {
            row["to_in_transit"] = in_transit_of(e.other, api);
        }
        return row;
    }
    // Another clinic sent it here. What that one has left, and who sat there, is its own affair.
    const core::zone_offset zone = api.state.programmes()[e.own.programme]->offset;
    json::object row =
        movement_head(seq, core::name_of(e.action), e.own.lot, e.own.funding, e.quantity, api);
    if (e.reason != core::stock_reason::none) {
        row["reason"] = core::name_of(e.reason);
    }
    row["from"] = clinic_code_text(api.state.clinic(e.own.clinic).code);
    row["occurred_at"] = core::format_instant(e.occurred_at, zone);
    row["recorded_at"] = core::format_instant(e.header.recorded_at, zone);
    return row;
}

reply render_list(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const core::movement_page& page = *std::get<core::movement_list>(outcome).page;
    json::array rows(api.json.memory());
    for (const core::listed_movement& m : page.rows) {
        rows.emplace_back(
            std::visit([&](const auto& e) { return row_of(m.seq, e, page.clinic, api); }, m.what));
    }
    json::object body(
        {
            {"clinic", clinic_code_text(api.state.clinic(page.clinic).code)},
            {"seq", page.as_of},
            {"movements", std::move(rows)},
        },
        api.json.memory());
    if (page.next != 0) {
        body["next"] = registration_id(page.next);
    }
    return api.json.reply_with(body);
}

}  // namespace

answer list_movements(call& c) {
    auto asked = read_list_query(c, listed::movements);
    if (reply* const refused = std::get_if<reply>(&asked)) {
        return std::move(*refused);
    }
    const auto& query = std::get<list_query>(asked);
    core::list_movements command;
    command.by = c.actor();
    command.clinic = query.clinic;
    command.before = query.before;
    command.day = query.day;
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), render_list, context};
}

}  // namespace doseline::net::api
