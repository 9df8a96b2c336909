#include "net/api/registration_json.hpp"

#include "net/clinic_code.hpp"
#include "net/dose_names.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>

namespace doseline::net::api {

namespace json = boost::json;

json::object registration_json(core::sequence seq, const core::dose_registered& e,
                               core::version_number version, core::registration_state state,
                               const std::optional<shown_person>& person, api_context& api) {
    const core::programme& programme = *api.state.programmes()[e.programme];
    const std::uint32_t clinic = api.state.clinic(e.clinic).code;
    json::array flags(api.json.memory());
    for (const std::string_view name : core::names_of(e.flags)) {
        flags.emplace_back(name);
    }
    json::object body(
        {
            {"id", registration_id(seq)},
            {"receipt", api.receipt.receipt_number(seq, e.header.recorded_at).view()},
            {"seq", seq},
            {"clinic", clinic_code_text(clinic)},
            {"programme", programme.code},
            {"dose", e.dose_number},
            {"occurred_at", core::format_instant(e.occurred_at, programme.offset)},
            {"recorded_at", core::format_instant(e.header.recorded_at, programme.offset)},
            {"flags", std::move(flags)},
            {"claim", core::name_of(e.claim)},
            {"funding", core::name_of(e.funding)},
            {"dose_ml", e.dose_ml_hundredths / 100.0},
            {"remaining", e.remaining},
            {"state", core::name_of(state)},
            {"version", version},
        },
        api.json.memory());
    if (const core::claim_state ruled = core::ruling_of(e).claim;
        ruled != e.claim && state != core::registration_state::voided) {
        body["ruled"] = core::name_of(ruled);  // what the rules say, where people decided otherwise
    }
    const core::lot_card& lot = api.state.lot(e.lot);
    body["lot"] = lot.lot.view();
    body["product"] = lot.product.view();
    body["site"] = sites[static_cast<std::size_t>(e.site)];
    body["route"] = routes[static_cast<std::size_t>(e.route)];
    if (e.exception != core::no_exception && e.exception < programme.exceptions.size()) {
        body["exception"] = programme.exceptions[e.exception].code;
    }
    if (person) {
        body["national_id"] = person->number;
        body["name"] = person->name;
    }
    return body;
}

}  // namespace doseline::net::api
