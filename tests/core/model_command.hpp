#pragma once

#include "tests/core/model_step.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

// What a step of a random history asks of a registry.
namespace doseline::test {

// Persons are born from 1820 on, ten years apart: one too young for every phase, one of the second.
inline core::civil_day birth_of(unsigned person) {
    return date(1820 + 10 * static_cast<int>(person % 7), 5, 5);
}

// Three seasons with their priorities: one dose by age with an exception, three doses three days
// apart, and one that is over.
inline core::programme season_of(unsigned n) {
    constexpr core::civil_day first = date(2016, 10, 4);
    if (n == 1) {
        auto p = open_season("SERIES", first, date(2016, 11, 30), {3, 3});
        p.priority = 1;
        return p;
    }
    if (n == 2) {
        return open_season("OVER", date(2016, 9, 1), date(2016, 10, 6));
    }
    auto p = open_season("FLU", first, date(2016, 10, 20));
    p.priority = 2;
    p.phases = {{anyone, date(1850, 1, 1), first, date(2016, 10, 12), everywhere,
                 core::funding::national, 1},
                {date(1850, 1, 2), date(1870, 1, 1), date(2016, 10, 8), date(2016, 10, 12),
                 everywhere, core::funding::local, 1},
                {anyone, date(1870, 1, 1), date(2016, 10, 13), p.ends, health_centres,
                 core::funding::local, 0}};
    p.exceptions = {{"ILL",
                     {anyone, date(1880, 1, 1), first, date(2016, 10, 12), everywhere,
                      core::funding::national, 0},
                     true}};
    return p;
}

inline core::actor actor_of(const step& s) {
    core::actor by;
    by.clinic = s.clinic;
    by.device = s.confirm;
    return by;
}

inline core::exception_text exception_of(const step& s) {
    constexpr std::array<std::string_view, 8> names{"", "", "", "", "", "ILL", "ILL", "WELL"};
    return core::exception_text{names[s.choice % names.size()]};
}

inline core::programme_number programme_of(const step& s) {
    return s.programme < 4 ? static_cast<core::programme_number>(s.programme) : core::no_programme;
}

inline core::version_number version_of(const step& s) {
    return static_cast<core::version_number>(s.choice % 4);  // 0 is any
}

inline core::register_dose dose_of(const step& s, core::instant now) {
    core::register_dose c;
    c.by = actor_of(s);
    c.person = person(s.person);
    c.key = key(s.key);
    c.content = content(s.person);
    c.birth = birth_of(s.person);
    c.programme = programme_of(s);
    if (s.choice % 3 != 0) {  // days ago to more than five minutes ahead
        c.occurred_at = now + std::chrono::minutes{s.minutes / (s.choice % 3 == 1 ? 1 : 20)};
    }
    if (s.choice >= 18) {
        c.funding = static_cast<core::funding>(s.choice % 3);
    }
    c.lot = core::lot_text{lot_names[s.lot]};
    c.product = core::product_text{s.choice == 7 ? "P2" : ""};
    c.exception = exception_of(s);
    c.confirmed = static_cast<std::uint8_t>(s.confirm);
    c.offline = s.choice == 5;
    if (s.choice == 11 || s.choice % 8 == 6) {
        c.extension = std::make_unique<std::vector<std::byte>>(9);
        c.evidence = s.choice != 11;  // else a long name
    }
    return c;
}

// Mostly what has a meaning, now and then what has none.
inline core::move_stock movement_of(const step& s, core::instant now) {
    using enum core::stock_action;
    using core::stock_reason;
    std::uint64_t rest = s.detail;
    const auto below = [&](unsigned n) {
        const auto drawn = static_cast<unsigned>(rest % n);
        rest /= n;
        return drawn;
    };
    constexpr std::array likely{confirmed, confirmed, wasted,   sent_back, sent,    sent,
                                counted,   counted,   assigned, assigned,  replaced};
    core::move_stock c;
    c.by = actor_of(s);
    c.key = key(s.key);
    c.content = content(s.choice);
    if (s.choice % 3 == 0) {
        c.occurred_at = now + std::chrono::minutes{s.minutes};
    }
    c.action = likely[below(likely.size())];
    if (below(8) == 0) {
        c.reason = static_cast<stock_reason>(below(12));
    } else if (c.action == confirmed) {
        c.reason = below(3) == 0 ? stock_reason::short_delivery : stock_reason::none;
    } else if (c.action == wasted) {
        c.reason = stock_reason::breakage;
    } else if (c.action == counted) {
        c.reason = stock_reason::miscount;
    }
    c.lot = core::lot_text{lot_names[s.lot]};
    c.product = core::product_text{below(8) == 0 ? "P2" : ""};
    if (below(3) != 0) {
        c.funding = static_cast<core::funding>(below(2));
    }
    c.quantity = static_cast<std::int32_t>(below(8) == 0 ? 30 * below(2) : 1 + below(6));
    if (c.action == sent_back && below(4) != 0) {
        c.to = 10'000'003;
    } else if (c.action == sent || c.action == sent_back || below(16) == 0) {
        c.to = 10'000'000 + below(5);
    }
    if (c.action == assigned ? below(8) != 0 : below(16) == 0) {
        c.to_lot = core::lot_text{lot_names[below(6)]};
        c.to_product = core::product_text{below(8) == 0 ? "P1" : ""};
    }
    return c;
}

// Of one thing or of several; now and then of what is so already.
inline core::correct_registration correction_of(const step& s, core::instant now) {
    std::uint64_t rest = s.detail;
    const auto below = [&](unsigned n) {
        const auto drawn = static_cast<unsigned>(rest % n);
        rest /= n;
        return drawn;
    };
    core::correct_registration c;
    c.by = actor_of(s);
    c.seq = s.key;
    c.version = version_of(s);
    c.content = content(below(5));
    c.reason = static_cast<core::correction_reason>(below(3) == 0 ? 0 : 1 + below(4));
    if (below(2) == 0) {
        c.lot = core::lot_text{lot_names[s.lot]};
    }
    if (below(5) == 0) {
        c.product = core::product_text{below(2) == 0 ? "P1" : "P2"};
    }
    if (below(4) == 0) {
        c.funding = static_cast<core::funding>(below(3));
    }
    if (below(3) == 0) {
        constexpr std::array<double, 3> reach{0.05, 1, 3};  // hours to days
        c.occurred_at = now + std::chrono::minutes{static_cast<int>(s.minutes * reach[below(3)])};
        c.birth = birth_of(s.person);
        if (below(8) != 0) {
            c.person = person(s.person);
        }
    }
    if (below(4) == 0) {
        c.site = static_cast<core::body_site>(below(5));
        c.route = static_cast<core::route>(below(3));
        c.dose_ml_hundredths = static_cast<std::uint8_t>(25 * below(4));
    }
    c.confirmed = static_cast<std::uint8_t>(s.confirm);
    return c;
}

// Mostly for a reason that a duplicate can have, too.
inline core::decide_claim decision_of(const step& s) {
    using core::claim_reason;
    constexpr std::array<std::array<claim_reason, 3>, 3> reasons{
        {{claim_reason::could_not_know, claim_reason::could_not_know, claim_reason::other},
         {claim_reason::not_covered, claim_reason::not_covered, claim_reason::other},
         {claim_reason::mistaken, claim_reason::mistaken, claim_reason::other}}};
    core::decide_claim c;
    c.by = actor_of(s);
    c.seq = s.key;
    c.version = version_of(s);
    c.decision = static_cast<core::claim_decision>(s.detail % 3);
    c.reason = reasons[s.detail % 3][s.detail / 3 % 3];
    return c;
}

// By import, or under a key: few, so that they come again, and now and then one of something else.
inline core::ship_doses shipment_of(const step& s) {
    core::ship_doses c;
    c.clinic_code = 10'000'000 + s.clinic + s.choice / 20;
    c.lot = core::lot_text{lot_names[s.lot]};
    c.funding = s.confirm == 0 ? core::funding::local : core::funding::national;
    c.quantity = static_cast<std::int32_t>(1 + s.key % 9);
    c.received = s.confirm != 1;
    if (s.detail % 2 == 0) {
        c.key = key(s.detail % 3 == 0 ? s.key : 10'000 + s.key % 50);
        c.content = content(s.lot);
    }
    return c;
}

// Mostly one that can be brought: of a season and a clinic that there are, some days ago.
inline core::import_person import_of(const step& s, core::instant now) {
    core::import_person c;
    c.person = person(s.person);
    c.programme = s.programme < 6 ? season_of(s.programme % 3).code : "NONE";
    c.clinic_code = 10'000'000 + s.clinic + s.choice / 22;
    c.last_day = core::day_at(now + std::chrono::minutes{s.minutes * 3}, core::zone_offset{540});
    c.doses = static_cast<std::uint8_t>(1 + s.detail % 4);
    return c;
}

// Of today mostly; from tomorrow to a day that is forgotten already. Now and then of too many rows.
inline core::report_day report_of(const step& s, core::instant now) {
    core::report_day c;
    c.by = actor_of(s);
    if (s.detail % 3 != 0) {
        const core::civil_day today = core::day_at(now, core::zone_offset{540});
        c.day = today - std::chrono::days{static_cast<int>(s.detail / 3 % 11) - 1};
    }
    c.unsent = static_cast<std::uint16_t>(s.choice == 23 ? 10'000 + s.confirm : s.choice % 4);
    return c;
}

// REQUIRES: the step is no movement of a clock.
inline core::command command_of(const step& s, core::instant now) {
    switch (s.what) {
        case action::dose: return dose_of(s, now);
        case action::move: return movement_of(s, now);
        case action::ship: return shipment_of(s);
        case action::report: return report_of(s, now);
        case action::lot:
            if (s.confirm < 2) {  // of a lot that is there from the beginning
                const bool first = s.lot % 2 == 0;
                return core::register_lot{"FLU", core::lot_text{first ? "L1" : "l2"},
                                          core::product_text{"P1"}, date(2016, 10, first ? 31 : 7),
                                          s.choice % 2 == 0};
            }
            return core::register_lot{season_of(s.programme % 3).code,
                                      core::lot_text{lot_names[s.lot == 0 ? 1 : s.lot]},
                                      core::product_text{s.choice % 4 == 0 ? "P2" : "P1"},
                                      date(2016, 10, 4 + s.key % 12), s.choice % 5 == 0};
        case action::enroll: {
            if (s.detail % 4 == 0) {  // one device, or all that was issued so far
                return core::revoke_access{s.clinic, s.confirm, {}};
            }
            core::enroll_device c;
            c.by = actor_of(s);
            c.code_id = s.choice;
            c.code_expires = now + std::chrono::minutes{s.minutes + 2'000};
            return c;
        }
        case action::view: {
            core::view_registration c;
            c.by = actor_of(s);
            c.seq = s.key;
            c.version = version_of(s);
            return c;
        }
        case action::take_back: {
            core::void_registration c;
            c.by = actor_of(s);
            c.seq = s.key;
            c.version = version_of(s);
            c.reason = static_cast<core::void_reason>(s.confirm);
            return c;
        }
        case action::correct: return correction_of(s, now);
        case action::bring: return import_of(s, now);
        case action::decide: return decision_of(s);
        case action::pay: return core::pay_claim{s.key, {}, nullptr};
        case action::redefine: {
            core::programme p = season_of(s.programme % 3);
            p.phases.back().closes -= std::chrono::days{s.confirm % 2};
            return core::define_programme{std::make_shared<const core::programme>(std::move(p))};
        }
        case action::open_clinic:
            return core::register_clinic{
                10'000'000 + s.choice, 11'000 + s.choice % 3, core::facility_kind::clinic, "",
                date(2016, 1, 1),      date(2017, 1, 1)};
        default: break;
    }
    core::check_eligibility c;
    c.by = actor_of(s);
    c.person = person(s.person);
    c.birth = birth_of(s.person);
    c.programme = programme_of(s);
    c.exception = exception_of(s);
    return c;
}

}  // namespace doseline::test
