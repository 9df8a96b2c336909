#include "net/api/registration_json.hpp"

#include "net/clinic_code.hpp"
#include "net/dose_names.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace doseline::net::api {

namespace json = boost::json;

std::string masked(std::uint64_t number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 13 - std::min<std::size_t>(digits.size(), 13), '0');
    return digits.substr(0, 6) + '-' + digits[6] + "******";
}

json::object registration_json(core::sequence seq, const core::dose_registered& e,
                               core::version_number version, core::registration_state state,
                               api_context& api) {
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
    if (const auto person = api.seal.open_person(e.sealed, e.data_key, clinic, e.key)) {
        body["national_id"] = masked(person->number);
        body["name"] = person->name.view();
    }
    return body;
}

}  // namespace doseline::net::api
