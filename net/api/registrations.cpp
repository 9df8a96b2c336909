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
            {"receipt", api.receipt.receipt_number(receipt.seq, receipt.recorded_at)},
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

// [A-Za-z0-9-], as lots and products are written.
bool is_code(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char ch) {
        return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
               ch == '-';
    });
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
        // 0.25 to 1.0 millilitres in hundredths.
        if (!(*ml >= 0.25 && *ml <= 1.0)) {
            fields.fail(errc::bad_field, "dose_ml");
        } else {
            command.dose_ml_hundredths = static_cast<std::uint8_t>(std::lround(*ml * 100));
        }
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
    command.offline = fields.boolean("offline").value_or(false);
}

// 410315-1******: what a person recognises and nobody can use.
std::string masked(std::uint64_t number) {
    std::string digits = std::to_string(number);
    digits.insert(0, 13 - std::min<std::size_t>(digits.size(), 13), '0');
    return digits.substr(0, 6) + '-' + digits[6] + "******";
}

// What was done, by whom and when, oldest first.
json::array versions_of(const core::registration_history& r, core::zone_offset zone) {
    json::array all;
    all.push_back({{"version", 1},
                   {"change", "REGISTERED"},
                   {"recorded_at", core::format_instant(r.dose.header.recorded_at, zone)},
                   {"by", r.dose.user.view()}});
    for (const auto& [seq, event] : r.changes) {
        json::object version{{"version", core::amendment_of(event)->version}};
        if (const auto* v = std::get_if<core::dose_voided>(&event)) {
            version["change"] = "VOIDED";
            version["reason"] = core::name_of(v->reason);
            version["recorded_at"] = core::format_instant(v->header.recorded_at, zone);
            version["by"] = v->user.view();
        } else if (const auto* again = std::get_if<core::dose_reevaluated>(&event)) {
            version["change"] = "REEVALUATED";  // by the program: another dose was voided
            version["recorded_at"] = core::format_instant(again->header.recorded_at, zone);
        }
        all.push_back(std::move(version));
    }
    return all;
}

reply render_view(core::outcome&& outcome, const render_context& context, api_context& api) {
    if (const auto* refused = std::get_if<core::refusal>(&outcome)) {
        return problem(*refused, context);
    }
    const core::registration_history& r = *std::get<core::registration_view>(outcome).registration;
    const core::dose_registered& e = r.dose;
    const core::programme& programme = *api.state.programmes()[e.programme];
    json::array flags;
    for (const std::string_view name : core::names_of(e.flags)) {
        flags.emplace_back(name);
    }
    json::object body{
        {"id", registration_id(r.seq)},
        {"receipt", api.receipt.receipt_number(r.seq, e.header.recorded_at)},
        {"seq", r.seq},
        {"programme", programme.code},
        {"dose", e.dose_number},
        {"occurred_at", core::format_instant(e.occurred_at, programme.offset)},
        {"recorded_at", core::format_instant(e.header.recorded_at, programme.offset)},
        {"flags", std::move(flags)},
        {"claim", core::name_of(e.claim)},
        {"funding", core::name_of(e.funding)},
        {"dose_ml", e.dose_ml_hundredths / 100.0},
        {"remaining", e.remaining},
        {"state", r.voided() != nullptr ? "VOIDED" : "REGISTERED"},
        {"version", r.version()},
        {"versions", versions_of(r, programme.offset)},
    };
    const core::lot_card& lot = api.state.lot(e.lot);
    body["lot"] = lot.lot.view();
    body["product"] = lot.product.view();
    body["site"] = sites[static_cast<std::size_t>(e.site)];
    body["route"] = routes[static_cast<std::size_t>(e.route)];
    if (e.exception != core::no_exception && e.exception < programme.exceptions.size()) {
        body["exception"] = programme.exceptions[e.exception].code;
    }
    const std::uint32_t clinic = api.state.clinic(e.clinic).code;
    if (const auto person = api.seal.open_person(e.sealed, e.data_key, clinic, e.key)) {
        body["national_id"] = masked(person->number);
        body["name"] = person->name.view();
    }
    reply shown;
    shown.body = json::serialize(body);
    shown.add_field(http::field::etag, version_tag(r.version()));
    return shown;
}

}  // namespace

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
    const person_fields p = read_person(fields, c.api.state);
    core::register_dose command;
    read_vial(fields, command);
    read_circumstances(fields, command);
    personal_text text;
    text.name = fields.text("name", core::limits::name_characters_max).value_or("");
    text.evidence = fields.text("evidence", core::limits::evidence_characters_max).value_or("");
    const std::string_view programme =
        fields.text("programme", core::limits::programme_code_bytes_max).value_or("");
    const auto error = fields.finish();
    if (error && error->code == errc::bad_json) {
        return field_problem(c, *error, p);
    }
    const auto key = read_key(c.req.idempotency_key);
    if (!key) {
        return field_problem(c, {static_cast<errc>(key.error().value()), "Idempotency-Key"}, p);
    }
    if (error) {
        return field_problem(c, *error, p);
    }
    return send_registration(c, std::move(command), p, programme, text, *key, false);
}

answer show_registration(call& c) {
    const auto seq = parse_registration_id(c.id);
    if (!seq) {
        return problem(errc::not_found, c.lang);
    }
    const auto version = c.req.if_match.empty() ? core::any_version : version_named(c.req.if_match);
    if (!version) {
        return problem(errc::version_conflict, c.lang);
    }
    if (c.mode() == core::mode::read_only) {
        return problem(errc::read_only, c.lang);  // a look that cannot be recorded is not given
    }
    render_context context;
    context.lang = c.lang;
    return pending{core::view_registration{c.actor(), *seq, *version, nullptr}, render_view,
                   context};
}

}  // namespace doseline::net::api
