#include "core/audit_page.hpp"
#include "core/registration_page.hpp"
#include "core/registry.hpp"
#include "core/totals.hpp"

// Looks through what is recorded: a clinic's list, an auditor's query. What they show is read on
// the way, and that somebody looked is recorded, too.
namespace doseline::core {

outcome registry::decide_on(const list_registrations& c, const moment& now, sequence,
                            decided& into) const {
    const clinic_number clinic = c.clinic.value_or(c.by.clinic);
    if (clinic >= clinics_.size() || !may_act_for(c.by.clinic, clinic)) {
        return refusal{errc::not_found, "", 0, std::nullopt};
    }
    if (c.page == nullptr) {
        return page_wanted{clinic, clinics_[clinic].last_event, c.before,
                           c.day,  totals_zone(programmes_),    c.claim};
    }
    if (c.page->too_long) {
        return refusal{errc::limit_reached, "", 0, std::nullopt};
    }
    for (const listed_registration& row : c.page->rows) {
        into.audit.push_back({audit_action::viewed, decision::eligible, now.recorded_at, c.by,
                              row.dose.person, no_programme, 0, row.seq});
    }
    return registration_list{c.page};
}

outcome registry::decide_on(const list_movements& c, const moment&, sequence, decided&) const {
    const clinic_number clinic = c.clinic.value_or(c.by.clinic);
    if (clinic >= clinics_.size() || !may_act_for(c.by.clinic, clinic)) {
        return refusal{errc::not_found, "", 0, std::nullopt};
    }
    return movements_wanted{
        {clinic, clinics_[clinic].last_event, c.before, c.day, totals_zone(programmes_)}};
}

outcome registry::decide_on(const query_audit& c, const moment& now, sequence,
                            decided& into) const {
    if (c.page == nullptr) {
        return audit_wanted{c.filter};
    }
    audit_record queried;
    queried.action = audit_action::queried;
    queried.at = now.recorded_at;
    queried.by.clinic = no_clinic;
    queried.by.address = c.address;
    // Who was asked for by the name of an export is known by what was found.
    queried.person =
        c.filter.whose && !c.page->rows.empty() ? c.page->rows.front().record.person : c.person;
    into.audit.push_back(queried);
    return audit_list{c.page};
}

}  // namespace doseline::core
