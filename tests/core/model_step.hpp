#pragma once

#include "tests/core/desk.hpp"

#include <rapidcheck.h>

#include <array>
#include <cstdint>
#include <numeric>
#include <ostream>
#include <random>
#include <string>
#include <string_view>

namespace doseline::test {

enum class action {
    check,
    dose,
    take_back,
    correct,
    decide,
    pay,
    move,
    ship,
    report,
    lot,
    enroll,
    view,
    redefine,
    open_clinic,
    bring,
    pass,
    set_clock,
    turn
};

// One step of a random history: what happens, and draws of which each action uses some. Small
// numbers everywhere, so that clinics, lots and persons meet again and again.
struct step {
    action what = action::check;
    unsigned clinic = 0;
    unsigned person = 0;
    unsigned programme = 0;
    unsigned lot = 0;
    unsigned key = 0;
    unsigned choice = 0;
    unsigned confirm = 0;
    int minutes = 0;
    std::uint64_t detail = 0;  // of a movement, a correction, a decision, a report
};

inline std::ostream& operator<<(std::ostream& out, const step& s) {
    constexpr std::array<std::string_view, 18> names{
        "check",    "dose",        "take back", "correct", "decide",    "pay",
        "move",     "ship",        "report",    "lot",     "enroll",    "view",
        "redefine", "open clinic", "bring",     "pass",    "set clock", "turn"};
    return out << "{" << names[static_cast<std::size_t>(s.what)] << " clinic " << s.clinic
               << " person " << s.person << " programme " << s.programme << " lot " << s.lot
               << " key " << s.key << " choice " << s.choice << " confirm " << s.confirm
               << " minutes " << s.minutes << " detail " << s.detail << "}";
}

inline constexpr std::array<std::string_view, 6> lot_names{"", "L1", "l1", "L2", "L3", "L4"};

inline rc::Gen<step> any_step() {
    using rc::gen::inRange;
    using rc::gen::set;
    // At full size always: a smaller one would leave the last clinics and persons out.
    return rc::gen::resize(
        rc::kNominalSize,
        rc::gen::build<step>(
            set(&step::what, rc::gen::weightedElement<action>({{8, action::check},
                                                               {14, action::dose},
                                                               {6, action::take_back},
                                                               {9, action::correct},
                                                               {9, action::decide},
                                                               {2, action::pay},
                                                               {14, action::move},
                                                               {4, action::ship},
                                                               {6, action::report},
                                                               {3, action::lot},
                                                               {1, action::enroll},
                                                               {2, action::view},
                                                               {1, action::redefine},
                                                               {1, action::open_clinic},
                                                               {2, action::bring},
                                                               {7, action::pass},
                                                               {2, action::set_clock},
                                                               {1, action::turn}})),
            set(&step::clinic, inRange(0u, 4u)), set(&step::person, inRange(0u, 7u)),
            set(&step::programme, inRange(0u, 9u)), set(&step::lot, inRange(0u, 6u)),
            set(&step::key, inRange(0u, 150u)), set(&step::choice, inRange(0u, 24u)),
            set(&step::confirm, inRange(0u, 4u)), set(&step::minutes, inRange(-4'000, 40)),
            set(&step::detail)));
}

// The same without rapidcheck, for histories so long that persons and keys must be more.
inline step random_step(std::mt19937_64& random) {
    constexpr std::array<unsigned, 18> weights{16, 28, 12, 18, 18, 4, 36, 24, 14,
                                               6,  2,  4,  2,  2,  6, 8,  2,  1};
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    unsigned draw = below(std::accumulate(weights.begin(), weights.end(), 0u));
    step s;
    std::size_t what = 0;
    for (; draw >= weights[what]; ++what) {
        draw -= weights[what];
    }
    s.what = static_cast<action>(what);
    s.clinic = below(4);
    s.person = below(35);
    s.programme = below(9);
    s.lot = below(6);
    s.key = below(2'000);
    s.choice = below(24);
    s.confirm = below(4);
    s.minutes = static_cast<int>(below(4'040)) - 4'000;
    s.detail = random();
    return s;
}

}  // namespace doseline::test
