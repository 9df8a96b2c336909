#include "net/api/registrations.hpp"

#include "net/api/checks.hpp"
#include "net/api/handlers.hpp"
#include "net/api/version_tag.hpp"
#include "net/dose_names.hpp"
#include "net/page.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

reply render_registration(core::outcome&& outcome, const render_context& context,
                          api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return context.page ? page_problem(*refused, context, api) : problem(*refused, context);
    }
    const auto& receipt = std::get<core::dose_receipt>(outcome);
    if (context.page) {
        return page_registered(receipt, context, api);
    }
    const std::string id = registration_id(receipt.seq);
    json::array flags(api.json.memory());
    for (const std::string_view name : core::names_of(receipt.flags)) {
        flags.emplace_back(name);
    }
    reply r = api.json.reply_with(json::object(
        {
            {"id", id},
            {"receipt", api.receipt.receipt_number(receipt.seq, receipt.recorded_at).view()},
            {"seq", receipt.seq},
            {"flags", std::move(flags)},
            {"claim", core::name_of(receipt.claim)},
            {"remaining", receipt.remaining},
        },
        api.json.memory()));
    r.fields.append("Location: /v1/registrations/").append(id).append("\r\n");
    r.add_field(http::field::etag, version_tag(1));
    if (receipt.replayed) {
        r.add_field("Replayed", "true");
    } else {
        r.status = 201;
    }
    return r;
}

template <std::size_t N>
std::uint8_t index_in(const std::array<std::string_view, N>& names, std::string_view name,
                      json_fields& fields, std::string_view field) {
    const auto it = std::find(names.begin() + 1, names.end(), name);
    if (it == names.end()) {
        fields.fail(errc::bad_field, field);
        return 0;
    }
    return static_cast<std::uint8_t>(it - names.begin());
}

// One registration as JSON says it, by itself or as a row.
answer read_registration(call& c, json_fields& fields, std::string_view key_text,
                         std::string_view key_name, bool in_batch) {
    const person_fields p = read_person(fields, c.api.state);
    core::register_dose command;
    command.in_batch = in_batch;
    read_vial(fields, command);
    read_circumstances(fields, command);
    command.offline = fields.boolean("offline").value_or(false);
    personal_text text;
    text.name = fields.text("name", core::limits::name_characters_max).value_or("");
    text.evidence = fields.text("evidence", core::limits::evidence_characters_max).value_or("");
    const std::string_view programme =
        fields.text("programme", core::limits::programme_code_bytes_max).value_or("");
    const auto error = fields.finish();
    if (error && error->code == errc::bad_json) {
        return field_problem(c, *error, p);
    }
    const auto key = read_key(key_text);
    if (!key) {
        return field_problem(c, {static_cast<errc>(key.error().value()), std::string(key_name)}, p);
    }
    if (error) {
        return field_problem(c, *error, p);
    }
    return send_registration(c, std::move(command), p, programme, text, *key, false);
}

}  // namespace

std::optional<std::uint8_t> hundredths_of(double ml) noexcept {
    constexpr double blur = 1e-9;  // more than what decimals lose as doubles, which is 1e-14
    if (!(ml >= 0.25 && ml <= 1.0)) {
        return std::nullopt;
    }
    const long nearest = std::lround(ml * 100);
    return std::abs(ml * 100 - static_cast<double>(nearest)) < blur
               ? std::optional(static_cast<std::uint8_t>(nearest))
               : std::nullopt;
}

void read_vial(json_fields& fields, core::register_dose& command) {
    if (const auto lot = fields.text("lot", core::limits::lot_bytes_max)) {
        is_code(*lot)          ? command.lot = core::lot_text(*lot),
                        void() : fields.fail(errc::bad_field, "lot");
    }
    if (const auto product = fields.text("product", core::limits::product_bytes_max)) {
        is_code(*product)          ? command.product = core::product_text(*product),
                            void() : fields.fail(errc::bad_field, "product");
    }
    if (const auto name = fields.text("funding", 16)) {
        command.funding = core::funding_named(*name);
        if (!command.funding) {
            fields.fail(errc::bad_field, "funding");
        }
    }
    if (const auto ml = fields.number("dose_ml")) {
        const auto hundredths = hundredths_of(*ml);
        if (!hundredths) {
            fields.fail(errc::bad_field, "dose_ml");
        }
        command.dose_ml_hundredths = hundredths.value_or(command.dose_ml_hundredths);
    }
    for (const std::string_view name : fields.texts("confirm", 2)) {
        if (name == "LOT_EXPIRED") {
            command.confirmed |= core::confirm_expired;
        } else if (name == "LOT_RECALLED") {
            command.confirmed |= core::confirm_recalled;
        } else {
            fields.fail(errc::bad_field, "confirm");
        }
    }
}

void read_circumstances(json_fields& fields, core::register_dose& command) {
    if (const auto at = fields.text("occurred_at", 40)) {
        if (const auto parsed = core::parse_instant(*at)) {
            command.occurred_at = *parsed;
        } else {
            fields.fail(errc::bad_field, "occurred_at");
        }
    }
    if (const auto site = fields.text("site", 8)) {
        command.site = static_cast<core::body_site>(index_in(sites, *site, fields, "site"));
    }
    if (const auto route = fields.text("route", 8)) {
        command.route = static_cast<core::route>(index_in(routes, *route, fields, "route"));
    }
}

answer send_registration(call& c, core::register_dose&& command, const person_fields& p,
                         std::string_view programme, const personal_text& text,
                         const std::array<std::byte, 16>& key, bool page) {
    render_context context;
    context.lang = c.lang;
    context.page = page;
    context.number = core::fixed_string<13>(p.id->digits());
    if (const auto phase = phase_rule(c, p)) {
        context.vaccinate = core::may_vaccinate(phase->decision);
    }
    if (c.mode() == core::mode::read_only) {
        const core::refusal refused{errc::read_only, "", 0, context.vaccinate};
        return page ? page_problem(refused, context, c.api) : problem(refused, context);
    }
    command.by = c.actor();
    command.person = c.api.seal.person_key(p.id->digits());
    command.birth = p.id->birth();
    command.programme = p.programme;
    command.exception = p.exception;
    command.key = c.api.seal.key_hash(c.clinic().code, key);
    std::string& content = c.api.content;
    canonical_content(content, command, *p.id, programme, text);
    command.content = c.api.seal.fingerprint(std::as_bytes(std::span(content)));
    seal_into(command, c, *p.id, text);
    return pending{std::move(command), render_registration, context};
}

answer register_dose(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    return read_registration(c, fields, c.req.idempotency_key, "Idempotency-Key", false);
}

answer register_batch(call& c) {
    json_fields fields(c.req.body, c.api.json.memory());
    std::vector<json_fields> rows = fields.required_objects("rows", core::limits::batch_rows_max);
    if (const auto error = fields.finish()) {
        return field_problem(c, *error, {});
    }
    pending_rows all;
    for (json_fields& row : rows) {
        const std::string_view key = row.text("key", 64).value_or("");
        answer one = read_registration(c, row, key, "key", true);
        if (auto* asked = std::get_if<pending>(&one)) {
            all.rows.emplace_back(std::move(*asked));
        } else {
            all.rows.emplace_back(std::get<reply>(std::move(one)));
        }
    }
    return all;
}

}  // namespace doseline::net::api
