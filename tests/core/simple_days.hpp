#pragma once

#include "tests/core/simple_claims.hpp"

namespace doseline::test {

// Part of simple_registry: what clinics report of their days.
class simple_days : public simple_claims {
protected:
    core::outcome report(const core::report_day& c) {
        const core::civil_day today = day_of(now_.recorded_at, 0);
        const core::civil_day day = c.day ? *c.day : today;
        if (day > today) {
            return no(core::errc::future_date, "date");
        }
        if (day < today - std::chrono::days{7}) {
            return no(core::errc::day_forgotten, "date");
        }
        if (c.unsent > 10'000) {
            return no(core::errc::bad_field, "unsent");
        }
        reported_day& d = days[{c.by.clinic, day}];
        const std::size_t since = d.shots.size() - d.shots_before;
        const bool news = !d.reported || std::max<std::size_t>(d.unsent, since) - since != c.unsent;
        if (news) {
            d.reported = now_.recorded_at;
            d.unsent = c.unsent;
            d.shots_before = d.shots.size();
            ++seq;
        }
        return core::day_receipt{c.by.clinic, day, day_shown(c.by.clinic, day), !news};
    }
};

}  // namespace doseline::test
