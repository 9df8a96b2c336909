#include "net/api/handlers.hpp"
#include "net/api/version_tag.hpp"
#include "net/dose_names.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

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
