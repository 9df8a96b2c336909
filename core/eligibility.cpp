#include "core/eligibility.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace doseline::core {

namespace {

bool matches(const phase& p, civil_day birth) noexcept {
    return p.birth_from <= birth && birth <= p.birth_to;
}

bool is_open(const phase& p, civil_day day) noexcept { return p.opens <= day && day <= p.closes; }

void keep_earlier(std::optional<civil_day>& kept, civil_day day) noexcept {
    kept = kept ? std::min(*kept, day) : day;
}

void keep_later(std::optional<civil_day>& kept, civil_day day) noexcept {
    kept = kept ? std::max(*kept, day) : day;
}

// What the windows say of one person, one day and one kind of facility. A person who waits for the
// next dose may not come before some later day.
struct sighting {
    bool any = false;                 // some window has the birth date
    const phase* open = nullptr;      // the best open phase
    const phase* excepted = nullptr;  // the exception's open window
    std::optional<civil_day> opens;   // the first day still to come on which one is open
    std::optional<civil_day> closes;  // the latest that ever was or will be here
};

sighting look(const programme& p, civil_day birth, civil_day day, civil_day not_before,
              facility_kind facility, const exception_kind* exception) noexcept {
    sighting s;
    const auto see = [&](const phase& window) {
        if (!matches(window, birth)) {
            return false;
        }
        s.any = true;
        if (!allows(window.facilities, facility)) {
            return false;
        }
        keep_later(s.closes, window.closes);
        const civil_day first = std::max(window.opens, not_before);
        if (day < first && first <= window.closes) {
            keep_earlier(s.opens, first);
        }
        return is_open(window, day);
    };
    for (const phase& window : p.phases) {
        if (see(window) && (s.open == nullptr || window.priority > s.open->priority)) {
            s.open = &window;
        }
    }
    if (exception != nullptr && see(exception->window)) {
        s.excepted = &exception->window;
    }
    return s;
}

}  // namespace

std::string_view name_of(decision d) noexcept {
    constexpr std::array<std::string_view, 7> names{
        "ALREADY_VACCINATED",    "NOT_ELIGIBLE_AGE",   "NOT_YET",  "CLOSED_HERE",
        "IN_PROGRESS_ELSEWHERE", "ELIGIBLE_EXCEPTION", "ELIGIBLE",
    };
    return names[static_cast<std::size_t>(d)];
}

eligibility evaluate(const programme& p, civil_day birth, civil_day day, facility_kind facility,
                     const exception_kind* exception, const dose_history& history) noexcept {
    if (history.doses >= p.schedule.doses) {
        return {decision::already_vaccinated, {}, {}, funding::national};
    }
    const civil_day next = history.doses == 0
                               ? day
                               : history.last_day + std::chrono::days{p.schedule.interval_days_min};
    const sighting s = look(p, birth, day, std::max(day, next), facility, exception);
    if (!s.any) {
        return {decision::not_eligible_age, {}, {}, funding::national};
    }
    if (day < next) {
        return {decision::not_yet, s.opens, s.closes, funding::national};
    }
    // What was named counts, also where the phase is open: its evidence was taken, to be reviewed.
    if (s.excepted != nullptr) {
        return {decision::eligible_exception, {}, s.excepted->closes, s.excepted->funding};
    }
    if (s.open != nullptr) {
        return {decision::eligible, {}, s.open->closes, s.open->funding};
    }
    if (s.opens) {
        return {decision::not_yet, s.opens, s.closes, funding::national};
    }
    return {decision::closed_here, {}, s.closes, funding::national};
}

}  // namespace doseline::core
