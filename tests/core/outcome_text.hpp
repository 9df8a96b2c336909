#pragma once

#include "core/outcome.hpp"

#include <sstream>
#include <string>

namespace doseline::test {

// An answer in words, so that two that differ show in what.
inline std::string text_of(const core::outcome& answer) {
    std::ostringstream out;
    const auto named_day = [&](const char* name, const std::optional<core::civil_day>& d) {
        out << (d ? std::string(" ") + name + " " + core::format_day(*d) : std::string());
    };
    if (const auto* r = std::get_if<core::refusal>(&answer)) {
        out << "refusal " << code_name(r->code) << " of " << r->field << " confirm "
            << int{r->confirm};
    } else if (const auto* c = std::get_if<core::check_answer>(&answer)) {
        out << "check " << name_of(c->decision) << " programme " << c->programme << " remaining "
            << c->remaining;
        named_day("opens", c->opens);
        named_day("closes", c->closes);
        if (c->last_dose) {
            named_day("last", c->last_dose->day);
            out << " in " << c->last_dose->region;
        }
        if (c->hold_until) {
            out << " held until " << core::format_instant(*c->hold_until, core::zone_offset{0});
        }
        out << (c->evidence_required ? " evidence" : "");
        if (c->held_minutes_ago) {
            out << " held since " << *c->held_minutes_ago << " minutes";
        }
    } else if (const auto* d = std::get_if<core::dose_receipt>(&answer)) {
        out << "dose " << d->seq << " clinic " << d->clinic << " programme " << d->programme << " "
            << name_of(d->claim) << " remaining " << d->remaining << " at "
            << core::format_instant(d->recorded_at, core::zone_offset{0});
        for (const std::string_view name : core::names_of(d->flags)) {
            out << " " << name;
        }
    } else if (const auto* k = std::get_if<core::known_key>(&answer)) {
        out << "known " << k->seq << " content " << std::to_integer<int>(k->content[0]);
    } else if (const auto* e = std::get_if<core::enrolled_answer>(&answer)) {
        out << "enrolled " << e->clinic << " device " << e->device << " at "
            << core::format_instant(e->at, core::zone_offset{0});
    } else if (const auto* off = std::get_if<core::revoked_answer>(&answer)) {
        out << "revoked " << off->clinic << " device " << off->device << " at "
            << core::format_instant(off->at, core::zone_offset{0});
    } else if (const auto* v = std::get_if<core::registration_view>(&answer)) {
        const core::registration_history& seen = *v->registration;
        out << "view " << seen.seq << " of " << seen.dose.clinic << " version " << seen.version()
            << " " << name_of(seen.dose.claim) << " " << name_of(seen.state) << " lot "
            << seen.dose.lot << "/" << static_cast<int>(seen.dose.source) << "/"
            << name_of(seen.dose.funding) << " occurred "
            << core::format_instant(seen.dose.occurred_at, core::zone_offset{0}) << " site "
            << static_cast<int>(seen.dose.site) << " route " << static_cast<int>(seen.dose.route)
            << " ml " << int{seen.dose.dose_ml_hundredths};
        for (const std::string_view name : core::names_of(seen.dose.flags)) {
            out << " " << name;
        }
    } else if (const auto* t = std::get_if<core::void_receipt>(&answer)) {
        out << "void " << t->registration << " at " << t->seq << " clinic " << t->clinic
            << " programme " << t->programme << " version " << t->version << " "
            << name_of(t->reason) << (t->replayed ? " again" : "") << " remaining " << t->remaining
            << " was " << name_of(t->claim_before) << " voided "
            << core::format_instant(t->voided_at, core::zone_offset{0}) << " registered "
            << core::format_instant(t->registered_at, core::zone_offset{0});
        if (t->successor) {
            out << " heir of " << t->successor->clinic << " was "
                << name_of(t->successor->claim_before) << " is " << name_of(t->successor->claim);
        }
    } else if (const auto* put = std::get_if<core::correction_receipt>(&answer)) {
        out << "correction " << put->registration << " at " << put->seq << " clinic " << put->clinic
            << " programme " << put->programme << " version " << put->version << " "
            << name_of(put->reason) << (put->replayed ? " again" : "") << " remaining "
            << put->remaining << " was " << name_of(put->claim_before) << " is "
            << name_of(put->claim) << " at "
            << core::format_instant(put->corrected_at, core::zone_offset{0});
        for (const std::string_view name : core::names_of(put->flags)) {
            out << " " << name;
        }
    } else if (const auto* by = std::get_if<core::claim_receipt>(&answer)) {
        out << name_of(by->decision) << " " << by->registration << " at " << by->seq << " clinic "
            << by->clinic << " programme " << by->programme << " version " << by->version << " "
            << name_of(by->reason) << (by->replayed ? " again" : "") << " was "
            << name_of(by->claim_before) << " is " << name_of(by->claim) << " at "
            << core::format_instant(by->decided_at, core::zone_offset{0});
    } else if (const auto* m = std::get_if<core::movement_receipt>(&answer)) {
        const core::stock_changed& done = m->event;
        const auto account = [&](const core::account_name& n) {
            out << " " << n.clinic << "/" << n.programme << "/" << n.lot << "/"
                << name_of(n.funding);
        };
        out << name_of(done.action) << " " << name_of(done.reason) << " at " << m->seq;
        account(done.own);
        account(done.other);
        out << " quantity " << done.quantity << " moved " << done.moved << " difference "
            << done.difference << " settled " << done.settled << " on hand " << done.on_hand
            << " in transit " << done.in_transit << " suspense " << done.suspense << " remaining "
            << done.remaining << " at "
            << core::format_instant(done.header.recorded_at, core::zone_offset{0}) << " occurred "
            << core::format_instant(done.occurred_at, core::zone_offset{0});
    } else if (const auto* s = std::get_if<core::shipment_receipt>(&answer)) {
        out << "shipment " << s->seq << " to " << s->event.clinic << " lot " << s->event.lot << "/"
            << name_of(s->event.funding) << " quantity " << s->event.quantity << " at "
            << core::format_instant(s->event.header.recorded_at, core::zone_offset{0});
    } else if (const auto* day = std::get_if<core::day_receipt>(&answer)) {
        out << "report of " << core::format_day(day->day) << " by " << day->clinic << " "
            << name_of(state_of(day->after)) << (day->replayed ? " again" : "") << " unsent "
            << day->after.unsent << " at minute " << day->after.minute << " registered "
            << day->after.registered << " since " << day->after.registered_since;
    } else if (const auto* a = std::get_if<core::accepted>(&answer)) {
        out << "accepted " << a->number;
    } else {
        out << "answer of kind " << answer.index();
    }
    return out.str();
}

}  // namespace doseline::test
