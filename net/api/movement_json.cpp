#include "net/api/movement_json.hpp"

#include "net/clinic_code.hpp"

namespace doseline::net::api {

namespace json = boost::json;

namespace {

// What was counted is more than the book, or less.
std::int32_t difference_of(const core::stock_changed& e) noexcept {
    return e.action == core::stock_action::counted ? e.moved + e.settled : e.difference;
}

}  // namespace

json::object movement_head(core::sequence seq, std::string_view type, core::lot_number lot,
                           core::funding funding, std::int32_t quantity, api_context& api) {
    const core::lot_card& card = api.state.lot(lot);
    return json::object(
        {
            {"seq", seq},
            {"type", type},
            {"lot", card.lot.view()},
            {"product", card.product.view()},
            {"funding", core::name_of(funding)},
            {"quantity", quantity},
        },
        api.json.memory());
}

json::object movement_json(core::sequence seq, const core::stock_changed& e, api_context& api) {
    const core::zone_offset zone = api.state.programmes()[e.own.programme]->offset;
    json::object body =
        movement_head(seq, core::name_of(e.action), e.own.lot, e.own.funding, e.quantity, api);
    if (e.reason != core::stock_reason::none) {
        body["reason"] = core::name_of(e.reason);
    }
    if (e.action == core::stock_action::assigned) {
        body["to_lot"] = api.state.lot(e.other.lot).lot.view();
        body["to_product"] = api.state.lot(e.other.lot).product.view();
    } else if (e.other.clinic != core::no_clinic) {
        body["to"] = clinic_code_text(api.state.clinic(e.other.clinic).code);
    }
    body["difference"] = difference_of(e);
    body["on_hand"] = e.on_hand;
    body["in_transit"] = e.in_transit;
    body["suspense"] = e.suspense;
    body["remaining"] = e.remaining;
    body["occurred_at"] = core::format_instant(e.occurred_at, zone);
    body["recorded_at"] = core::format_instant(e.header.recorded_at, zone);
    return body;
}

}  // namespace doseline::net::api
