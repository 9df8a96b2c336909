#include "core/registry.hpp"

#include <algorithm>

// Days of clinics: what was entered of them, and what clinics report. A report moves nothing and
// stops nothing; it says what of the day is not in the book yet.
namespace doseline::core {

// A report is of what is so when it arrives, so it has no key: one that finds the day as it says is
// an earlier one sent again, or says nothing new, and nothing is recorded.
outcome registry::decide_on(const report_day& c, const moment& now, sequence next,
                            decided& into) const {
    const zone_offset zone = totals_zone(programmes_);
    const civil_day today = day_at(now.recorded_at, zone);
    const civil_day day = c.day.value_or(today);
    if (day > today) {
        return no(errc::future_date, "date");
    }
    // The latter when a programme's zone was changed and the calendar went back.
    if (today - day >= std::chrono::days{limits::days_kept} || !days_.keeps(day)) {
        return no(errc::day_forgotten, "date");
    }
    if (c.unsent > limits::day_unsent_max) {
        return no(errc::bad_field, "unsent");
    }
    const clinic_day before = days_.find(c.by.clinic, day);
    if (before.reported() && before.left() == c.unsent) {
        return day_receipt{c.by.clinic, day, before, true};
    }
    const sequence seq = next + into.events.size();
    into.events.emplace_back(day_reported{header_for(c.by.clinic, now), c.by.clinic, day, c.unsent,
                                          c.by.device, c.by.user});
    into.audit.push_back({audit_action::reported,
                          decision::eligible,
                          now.recorded_at,
                          c.by,
                          {},
                          no_programme,
                          0,
                          seq});
    return day_receipt{c.by.clinic, day, with_report(before, day, zone, now.recorded_at, c.unsent),
                       false};
}

void registry::apply_to(const day_reported& e, sequence seq) {
    const zone_offset zone = totals_zone(programmes_);
    days_.turn_to(day_at(e.header.recorded_at, zone));
    days_.set(e.clinic, e.day,
              with_report(days_.find(e.clinic, e.day), e.day, zone, e.header.recorded_at, e.unsent),
              clinics_.size());
    touch(e.clinic, seq);
}

// A clock that is ahead, as it may be by limits::occurred_ahead_max, makes no day of its own.
void registry::enter_day(clinic_number clinic, instant occurred_at, instant recorded_at,
                         bool is_shot) {
    const zone_offset zone = totals_zone(programmes_);
    const civil_day today = day_at(recorded_at, zone);
    const civil_day day = std::min(day_at(occurred_at, zone), today);
    days_.turn_to(today);
    days_.set(clinic, day, with_entry(days_.find(clinic, day), is_shot), clinics_.size());
}

}  // namespace doseline::core
