#include "net/api/handlers.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace doseline::net::api {

namespace json = boost::json;

answer show_status(call& c) {
    const core::published& state = c.api.state;
    const core::zone_offset zone = core::totals_zone(state.programmes());
    const std::string as_of = core::format_instant(state.as_of(), zone);
    json::array vaccine;
    for (std::size_t n = 0; n < state.programmes().size(); ++n) {
        vaccine.push_back(json::object{
            {"programme", state.programmes()[n]->code},
            {"remaining", state.remaining(static_cast<core::programme_number>(n))},
            {"as_of", as_of},
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
    });
    return r;
}

}  // namespace doseline::net::api
