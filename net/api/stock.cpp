#include "net/api/clinic_meant.hpp"
#include "net/api/handlers.hpp"
#include "net/clinic_code.hpp"
#include "net/form_fields.hpp"
#include "net/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <tuple>

namespace doseline::net::api {

namespace json = boost::json;
using core::errc;

// From what the committer published: served whatever the disk does.
answer show_stock(call& c) {
    const form_fields query(c.req.query);
    if (!query.has_only({"clinic"})) {
        return problem(errc::unknown_field, c.lang);
    }
    const auto clinic = clinic_meant(c, query["clinic"]);
    if (!clinic) {
        return problem(static_cast<errc>(clinic.error().value()), c.lang,
                       {"clinic", std::nullopt, 0, std::nullopt});
    }
    const core::published& state = c.api.state;
    std::vector<core::stock_row>& rows = c.api.rows;
    const core::instant as_of = state.as_of();
    const core::sequence seq = state.read_stock(*clinic, rows);
    std::sort(rows.begin(), rows.end(), [&](const core::stock_row& a, const core::stock_row& b) {
        return std::tuple(state.lot(a.lot).expires, a.lot, a.funding) <
               std::tuple(state.lot(b.lot).expires, b.lot, b.funding);
    });
    const core::zone_offset zone = core::totals_zone(state.programmes());
    json::array accounts(c.api.json.memory());
    for (const core::stock_row& row : rows) {
        const core::lot_card& lot = state.lot(row.lot);
        json::object account(c.api.json.memory());
        account["lot"] = lot.lot.view();
        account["product"] = lot.product.view();
        account["funding"] = core::name_of(row.funding);
        if (lot.verified) {
            account["expires"] = core::format_day(lot.expires);
        } else {
            account["expires"] = nullptr;
        }
        if (state.recalled(row.lot)) {
            account["recalled"] = true;
        }
        account["on_hand"] = row.on_hand;
        account["in_transit"] = row.in_transit;
        account["suspense"] = row.suspense;
        account["last_entry_at"] = core::format_instant(row.last_entry_at, zone);
        accounts.push_back(std::move(account));
    }
    return c.api.json.reply_with(json::object(
        {
            {"clinic", clinic_code_text(state.clinic(*clinic).code)},
            {"seq", seq},
            {"as_of", core::format_instant(as_of, zone)},
            {"accounts", std::move(accounts)},
        },
        c.api.json.memory()));
}

}  // namespace doseline::net::api
