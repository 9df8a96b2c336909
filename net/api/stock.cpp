#include "net/api/clinic_meant.hpp"
#include "net/api/handlers.hpp"
#include "net/api/stock_json.hpp"
#include "net/clinic_code.hpp"
#include "net/form_fields.hpp"
#include "net/problem.hpp"

#include <boost/json/object.hpp>

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
    const core::instant as_of = state.as_of();
    core::sequence seq = 0;
    json::array accounts = accounts_of(*clinic, c.api, seq);
    return c.api.json.reply_with(json::object(
        {
            {"clinic", clinic_code_text(state.clinic(*clinic).code)},
            {"seq", seq},
            {"as_of", core::format_instant(as_of, core::totals_zone(state.programmes()))},
            {"accounts", std::move(accounts)},
        },
        c.api.json.memory()));
}

}  // namespace doseline::net::api
