#include "core/eligibility.hpp"
#include "tests/core/seasons.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <optional>
#include <vector>

BOOST_AUTO_TEST_SUITE(eligibility_property_test)

using namespace doseline::core;
using doseline::test::date;

namespace {

// A small world in which windows often touch, overlap and miss each other.
constexpr civil_day first_day = date(2020, 1, 1);
constexpr int days_in_world = 12;
constexpr int births_in_world = 4;

civil_day world_day(int n) { return first_day + std::chrono::days{n}; }
civil_day birth(int n) { return date(1850, 1, 1) + std::chrono::days{n}; }

phase any_phase() {
    phase p;
    const int born = *rc::gen::inRange(0, births_in_world);
    p.birth_from = birth(born);
    p.birth_to = birth(*rc::gen::inRange(born, births_in_world));
    const int opens = *rc::gen::inRange(0, days_in_world);
    p.opens = world_day(opens);
    p.closes = world_day(*rc::gen::inRange(opens, days_in_world));
    p.facilities = *rc::gen::element<facility_kinds>(0b01, 0b10, 0b11);
    p.funding = *rc::gen::element(funding::national, funding::local);
    p.priority = *rc::gen::inRange<std::uint8_t>(0, 3);
    return p;
}

struct question {
    programme rules;
    civil_day birth;
    facility_kind where = facility_kind::clinic;
    const exception_kind* exception = nullptr;
    dose_history history;

    eligibility answer(civil_day day) const {
        return evaluate(rules, birth, day, where, exception, history);
    }
};

question any_question() {
    question q;
    q.rules.code = "P";
    q.rules.schedule.doses = *rc::gen::inRange<std::uint8_t>(1, 4);
    q.rules.schedule.interval_days_min = *rc::gen::inRange<std::uint16_t>(0, 5);
    for (int n = *rc::gen::inRange(1, 5); n > 0; --n) {
        q.rules.phases.push_back(any_phase());
    }
    q.rules.exceptions.push_back({"E", any_phase(), true});
    q.birth = birth(*rc::gen::inRange(0, births_in_world));
    q.where = *rc::gen::element(facility_kind::clinic, facility_kind::health_centre);
    q.history.doses = *rc::gen::inRange<std::uint8_t>(0, 4);
    q.history.last_day = world_day(*rc::gen::inRange(0, days_in_world));
    return q;
}

bool admits(const phase& p, const question& q) {
    return p.birth_from <= q.birth && q.birth <= p.birth_to;
}

bool open_here(const phase& p, const question& q, civil_day day) {
    return admits(p, q) && p.opens <= day && day <= p.closes &&
           (p.facilities & (1u << static_cast<unsigned>(q.where))) != 0;
}

bool rested(const question& q, civil_day day) {
    return q.history.doses == 0 ||
           (day - q.history.last_day).count() >= q.rules.schedule.interval_days_min;
}

bool regular(const question& q, civil_day day) {
    return std::any_of(q.rules.phases.begin(), q.rules.phases.end(),
                       [&](const phase& p) { return open_here(p, q, day); });
}

bool excepted(const question& q, civil_day day) {
    return q.exception != nullptr && open_here(q.exception->window, q, day);
}

// The first day after this one on which the person may come here, found by asking each.
std::optional<civil_day> next_chance(const question& q, civil_day day) {
    for (int n = 0; n < days_in_world; ++n) {
        const civil_day later = world_day(n);
        if (later > day && rested(q, later) && (regular(q, later) || excepted(q, later))) {
            return later;
        }
    }
    return std::nullopt;
}

// The contract's sentence, word by word: the first that holds.
decision expected(const question& q, civil_day day) {
    if (q.history.doses >= q.rules.schedule.doses) {
        return decision::already_vaccinated;
    }
    const bool for_this_age = std::any_of(q.rules.phases.begin(), q.rules.phases.end(),
                                          [&](const phase& p) { return admits(p, q); }) ||
                              (q.exception != nullptr && admits(q.exception->window, q));
    if (!for_this_age) {
        return decision::not_eligible_age;
    }
    if (!rested(q, day)) {
        return decision::not_yet;
    }
    if (excepted(q, day)) {
        return decision::eligible_exception;
    }
    if (regular(q, day)) {
        return decision::eligible;
    }
    return next_chance(q, day) ? decision::not_yet : decision::closed_here;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_rule_is_what_asking_every_day_finds) {
    const bool holds = rc::check("decision, opens and funding of any programme", [] {
        question q = any_question();
        q.exception = *rc::gen::arbitrary<bool>() ? &q.rules.exceptions.front() : nullptr;
        for (int n = -1; n <= days_in_world; ++n) {
            const civil_day day = world_day(n);
            const eligibility e = q.answer(day);
            RC_ASSERT(e.decision == expected(q, day));
            if (e.decision == decision::not_yet) {
                RC_ASSERT(e.opens == next_chance(q, day));
            } else {
                RC_ASSERT(!e.opens);
            }
        }
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(who_pays_is_an_open_phase_of_highest_priority) {
    const bool holds = rc::check("no open phase has a higher priority than the one that pays", [] {
        const question q = any_question();
        for (int n = 0; n < days_in_world; ++n) {
            const civil_day day = world_day(n);
            const eligibility e = q.answer(day);
            if (e.decision != decision::eligible) {
                continue;
            }
            std::uint8_t highest = 0;
            for (const phase& p : q.rules.phases) {
                highest = open_here(p, q, day) ? std::max(highest, p.priority) : highest;
            }
            RC_ASSERT(
                std::any_of(q.rules.phases.begin(), q.rules.phases.end(), [&](const phase& p) {
                    return open_here(p, q, day) && p.priority == highest &&
                           p.funding == e.funding && p.closes == e.closes;
                }));
        }
    });
    BOOST_TEST(holds);
}

// Offline pages rely on it: another day's answer never depends on when or how often it is asked.
BOOST_AUTO_TEST_CASE(the_rule_is_pure) {
    const bool holds = rc::check("asking twice gives the same", [] {
        const question q = any_question();
        const civil_day day = world_day(*rc::gen::inRange(-1, days_in_world + 1));
        const eligibility one = q.answer(day);
        const eligibility two = q.answer(day);
        RC_ASSERT(one.decision == two.decision);
        RC_ASSERT(one.opens == two.opens);
        RC_ASSERT(one.closes == two.closes);
        RC_ASSERT(one.funding == two.funding);
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()
