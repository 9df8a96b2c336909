#include "net/api/handlers.hpp"
#include "net/api/registration_json.hpp"
#include "net/api/version_tag.hpp"
#include "net/clinic_code.hpp"
#include "net/decimal_json.hpp"
#include "net/dose_names.hpp"
#include "net/problem.hpp"
#include "net/registration_id.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace doseline::net::api {

namespace {

namespace json = boost::json;
using core::errc;

// Of what a correction changed, as it was before.
json::object was(const core::dose_registered& before, const core::dose_registered& after,
                 core::zone_offset zone, const core::published& state) {
    json::object old;
    const auto keep = [&](const char* name, auto was, auto is) {
        if (was != is) {
            old[name] = was;
        }
    };
    const core::lot_card& lot = state.lot(before.lot);
    const core::lot_card& new_lot = state.lot(after.lot);
    keep("lot", lot.lot.view(), new_lot.lot.view());
    keep("product", lot.product.view(), new_lot.product.view());
    keep("funding", core::name_of(before.funding), core::name_of(after.funding));
    keep("occurred_at", core::format_instant(before.occurred_at, zone),
         core::format_instant(after.occurred_at, zone));
    keep("dose_ml", before.dose_ml_hundredths / 100.0, after.dose_ml_hundredths / 100.0);
    keep("site", sites[static_cast<std::size_t>(before.site)],
         sites[static_cast<std::size_t>(after.site)]);
    keep("route", routes[static_cast<std::size_t>(before.route)],
         routes[static_cast<std::size_t>(after.route)]);
    keep("claim", core::name_of(before.claim), core::name_of(after.claim));
    return old;
}

// What was done, by whom and when, oldest first.
json::array versions_of(const core::registration_history& r, const core::published& state) {
    const core::zone_offset zone = state.programmes()[r.dose.programme]->offset;
    core::dose_registered dose = r.recorded;
    json::array all;
    all.push_back({{"version", 1},
                   {"change", "REGISTERED"},
                   {"recorded_at", core::format_instant(dose.header.recorded_at, zone)},
                   {"by", dose.user.view()}});
    for (const auto& [seq, event] : r.changes) {
        const core::dose_registered before = dose;
        core::amend(dose, event);
        const core::amendment& change = *core::amendment_of(event);
        json::object version{
            {"version", change.version},
            {"recorded_at", core::format_instant(core::header_of(event).recorded_at, zone)}};
        if (const auto* v = std::get_if<core::dose_voided>(&event)) {
            version["change"] = "VOIDED";
            version["reason"] = core::name_of(v->reason);
            version["by"] = v->user.view();
        } else if (const auto* n = std::get_if<core::dose_corrected>(&event)) {
            version["change"] = "CORRECTED";
            if (n->reason != core::correction_reason::none) {
                version["reason"] = core::name_of(n->reason);
            }
            version["by"] = n->user.view();
            version["was"] = was(before, dose, zone, state);
        } else if (const auto* d = std::get_if<core::claim_decided>(&event)) {
            version["change"] = "CLAIM_DECIDED";
            version["decision"] = core::name_of(d->decision);
            if (d->reason != core::claim_reason::none) {
                version["reason"] = core::name_of(d->reason);
            }
            if (change.acting != core::no_clinic) {
                version["by"] = d->user.view();
            }
            version["was"] = was(before, dose, zone, state);
        } else {
            version["change"] = "REEVALUATED";  // by the program: another dose was voided
        }
        if (change.acting != change.clinic && version.contains("by")) {
            version["by_clinic"] = clinic_code_text(state.clinic(change.acting).code);
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
    const auto person = person_shown(r.dose, r.extension, api);
    json::object body = registration_json(r.seq, r.dose, r.version(), r.state, person, api);
    if (person && !person->evidence.empty()) {
        body["evidence"] = person->evidence;
    }
    body["versions"] = versions_of(r, api.state);
    reply shown;
    shown.body = decimal_json(body);
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
