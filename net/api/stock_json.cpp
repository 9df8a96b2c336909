#include "net/api/stock_json.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <tuple>

namespace doseline::net::api {

namespace json = boost::json;

json::array accounts_of(core::clinic_number clinic, api_context& api, core::sequence& seq) {
    const core::published& state = api.state;
    std::vector<core::stock_row>& rows = api.rows;
    seq = state.read_stock(clinic, rows);
    std::sort(rows.begin(), rows.end(), [&](const core::stock_row& a, const core::stock_row& b) {
        return std::tuple(state.lot(a.lot).expires, a.lot, a.funding) <
               std::tuple(state.lot(b.lot).expires, b.lot, b.funding);
    });
    const core::zone_offset zone = core::totals_zone(state.programmes());
    json::array accounts(api.json.memory());
    for (const core::stock_row& row : rows) {
        const core::lot_card& lot = state.lot(row.lot);
        json::object account(api.json.memory());
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
    return accounts;
}

}  // namespace doseline::net::api
