#include "net/api/dose_request.hpp"
#include "net/api/handlers.hpp"
#include "net/api/movement_json.hpp"
#include "net/json_fields.hpp"
#include "net/problem.hpp"

#include <cmath>

namespace doseline::net::api {

namespace {

using core::errc;

reply render_movement(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const auto& receipt = std::get<core::movement_receipt>(outcome);
    reply r = api.json.reply_with(movement_json(receipt.seq, receipt.event, api));
    if (receipt.replayed) {
        r.add_field("Replayed", "true");
    } else {
        r.status = 201;
    }
    return r;
}

template <std::size_t N>
core::fixed_string<N> read_code(json_fields& fields, std::string_view name) {
    const auto text = fields.text(name, N);
    if (text && !is_code(*text)) {
        fields.fail(errc::bad_field, name);
    }
    return text && is_code(*text) ? core::fixed_string<N>(*text) : core::fixed_string<N>();
}

// Empty is a lot, too: that of doses in suspense that were given without one.
core::lot_text read_lot(json_fields& fields, core::stock_action action) {
    const auto text = fields.required_text("lot", core::limits::lot_bytes_max);
    if (text && text->empty() && action == core::stock_action::assigned) {
        return {};
    }
    if (text && !is_code(*text)) {
        fields.fail(errc::bad_field, "lot");
        return {};
    }
    return core::lot_text(text.value_or(""));
}

std::uint32_t read_clinic(json_fields& fields) {
    const auto text = fields.text("to", 8);
    if (!text) {
        return 0;
    }
    if (text->size() != 8 || text->find_first_not_of("0123456789") != std::string_view::npos) {
        fields.fail(errc::bad_field, "to");
        return 0;
    }
    return static_cast<std::uint32_t>(std::stoul(std::string(*text)));
}

core::move_stock read_movement(json_fields& fields) {
    core::move_stock c;
    const auto type = fields.required_text("type", 16);
    if (const auto action = core::stock_action_named(type.value_or(""))) {
        c.action = *action;
    } else {
        fields.fail(errc::bad_field, "type");
    }
    c.lot = read_lot(fields, c.action);
    c.product = read_code<core::limits::product_bytes_max>(fields, "product");
    c.to_lot = read_code<core::limits::lot_bytes_max>(fields, "to_lot");
    c.to_product = read_code<core::limits::product_bytes_max>(fields, "to_product");
    const double quantity = fields.number("quantity").value_or(-1);
    if (!(quantity >= 0 && quantity <= core::limits::shipment_doses_max) ||
        quantity != std::floor(quantity)) {
        fields.fail(errc::bad_field, "quantity");
    } else {
        c.quantity = static_cast<std::int32_t>(quantity);
    }
    if (const auto at = fields.text("occurred_at", 40)) {
        if (const auto parsed = core::parse_instant(*at)) {
            c.occurred_at = *parsed;
        } else {
            fields.fail(errc::bad_field, "occurred_at");
        }
    }
    if (const auto name = fields.text("funding", 16)) {
        c.funding = core::funding_named(*name);
        if (!c.funding || *c.funding == core::funding::private_pay) {
            fields.fail(errc::bad_field, "funding");
        }
    }
    if (const auto name = fields.text("reason", 32)) {
        const auto reason = core::stock_reason_named(*name);
        if (!reason || *reason == core::stock_reason::none) {
            fields.fail(errc::bad_field, "reason");
        } else {
            c.reason = *reason;
        }
    }
    c.to = read_clinic(fields);
    return c;
}

// Same key, same bytes, same movement. Begins as no registration's does.
std::string canonical_content(const core::move_stock& c) {
    constexpr char end = '\x1f';
    std::string content = "movement";
    const auto add = [&](std::string_view field) { content.append(1, end).append(field); };
    add(core::name_of(c.action));
    add(core::name_of(c.reason));
    add(c.lot.view());
    add(c.product.view());
    add(c.funding ? core::name_of(*c.funding) : "");
    add(std::to_string(c.quantity));
    add(std::to_string(c.to));
    add(c.occurred_at ? std::to_string(c.occurred_at->time_since_epoch().count()) : "");
    add(c.to_lot.view());
    add(c.to_product.view());
    return content;
}

}  // namespace

answer move_stock(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    core::move_stock command = read_movement(fields);
    const auto error = fields.finish();
    const auto refuse = [&](errc code, std::string_view field) {
        return problem(code, c.lang, {field, std::nullopt, 0, std::nullopt});
    };
    if (error && error->code == errc::bad_json) {
        return refuse(error->code, error->field);
    }
    const auto key = read_key(c.req.idempotency_key);
    if (!key) {
        return refuse(static_cast<errc>(key.error().value()), "Idempotency-Key");
    }
    if (error) {
        return refuse(error->code, error->field);
    }
    if (c.mode() == core::mode::read_only) {
        return refuse(errc::read_only, "");
    }
    command.by = c.actor();
    command.key = c.api.seal.key_hash(c.clinic().code, *key);
    const std::string content = canonical_content(command);
    command.content = c.api.seal.fingerprint(std::as_bytes(std::span(content)));
    render_context context;
    context.lang = c.lang;
    return pending{std::move(command), render_movement, context};
}

}  // namespace doseline::net::api
