#include "core/hold_table.hpp"

#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(hold_table_test)

using namespace doseline::core;
using doseline::test::person;

namespace {

enum class act { set, end, expire, find };

struct deed {
    act what = act::set;
    unsigned person = 0;
    unsigned clinic = 0;
    unsigned amount = 0;
};

void showValue(const deed& d, std::ostream& out) {
    out << static_cast<int>(d.what) << " person " << d.person << " clinic " << d.clinic
        << " amount " << d.amount;
}

rc::Gen<deed> any_deed() {
    return rc::gen::build<deed>(
        rc::gen::set(&deed::what,
                     rc::gen::weightedElement<act>(
                         {{8, act::set}, {2, act::end}, {1, act::expire}, {3, act::find}})),
        rc::gen::set(&deed::person, rc::gen::inRange(0u, 200u)),
        rc::gen::set(&deed::clinic, rc::gen::inRange(0u, 5u)),
        rc::gen::set(&deed::amount, rc::gen::inRange(0u, 30u)));
}

constexpr steady_ms lasts = 300;

// The table, a std::map that knows the same, and the clock of both.
struct two_tables {
    hold_table table;
    std::map<unsigned, std::pair<clinic_number, steady_ms>> map;
    steady_ms now = 1'000;

    void run(const deed& d) {
        now += d.amount / 10;
        const auto known = map.find(d.person);
        if (d.what == act::set) {
            table.set(person(d.person), d.person % 2, d.clinic, now + lasts);
            map[d.person] = {d.clinic, now + lasts};
        } else if (d.what == act::end) {
            const auto ended = table.end(person(d.person), d.person % 2);
            RC_ASSERT(ended.has_value() == (known != map.end()));
            RC_ASSERT((!ended || *ended == known->second.first));
            map.erase(d.person);
        } else if (d.what == act::expire) {
            expire(d.amount);
        } else {
            const auto found = table.find(person(d.person), d.person % 2, now);
            RC_ASSERT(found.has_value() == (known != map.end() && known->second.second > now));
            RC_ASSERT((!found || (found->clinic == known->second.first &&
                                  found->expires == known->second.second)));
            RC_ASSERT(!table.find(person(d.person), 1 - d.person % 2, now));
        }
        RC_ASSERT(table.size() == map.size());
    }

    // At most that many: those that expired first, of equal ones any.
    void expire(std::size_t at_most) {
        std::vector<std::pair<steady_ms, unsigned>> due;
        for (const auto& [who, hold] : map) {
            if (hold.second <= now) {
                due.emplace_back(hold.second, who);
            }
        }
        std::sort(due.begin(), due.end());
        std::size_t ended = 0;
        table.expire(now, at_most, [&](clinic_number) { ++ended; });
        RC_ASSERT(ended == std::min(at_most, due.size()));
        for (const auto& [at, who] : due) {
            const bool gone = !table.find(person(who), who % 2, at - 1);
            const bool may_stay = ended < due.size() && at >= due[ended].first;
            RC_ASSERT((gone || may_stay));
            if (gone) {
                map.erase(who);
            }
        }
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(it_is_a_map_that_forgets_the_oldest_first) {
    const bool holds = rc::check("any holds made, renewed, ended and expired", [] {
        two_tables both;
        for (const deed& d :
             *rc::gen::scale(8.0, rc::gen::container<std::vector<deed>>(any_deed()))) {
            both.run(d);
        }
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(renewals_go_to_the_end_of_the_line) {
    hold_table table;
    for (std::uint64_t n = 0; n < 3; ++n) {
        table.set(person(n), 0, static_cast<clinic_number>(n), 100 + static_cast<steady_ms>(n));
    }
    table.set(person(0), 0, 9, 200);
    std::vector<clinic_number> ended;
    const auto note = [&](clinic_number c) { ended.push_back(c); };
    table.expire(150, 10, note);
    BOOST_CHECK((ended == std::vector<clinic_number>{1, 2}));
    BOOST_TEST(table.size() == 1u);
    table.expire(199, 10, note);
    BOOST_TEST(table.size() == 1u);
    table.expire(200, 10, note);
    BOOST_TEST(table.size() == 0u);
}

BOOST_AUTO_TEST_CASE(it_grows_and_empties) {
    constexpr std::uint64_t many = 200'000;
    hold_table table;
    std::unordered_map<std::uint64_t, clinic_number> map;
    for (std::uint64_t n = 0; n < many; ++n) {
        const auto clinic = static_cast<clinic_number>(n % 977);
        table.set(person(n), 3, clinic, static_cast<steady_ms>(n));
        map[n] = clinic;
    }
    BOOST_TEST(table.size() == many);
    bool all = true;
    for (std::uint64_t n = 0; n < many; n += 2) {
        all = all && table.end(person(n), 3) == map[n];
        all = all && !table.end(person(n), 3);
    }
    BOOST_TEST(all);
    BOOST_TEST(table.size() == many / 2);
    std::uint64_t next = 1;
    while (table.size() > 0) {  // a bounded piece at a time
        const std::size_t before = table.size();
        table.expire(static_cast<steady_ms>(many), 1'000, [&](clinic_number c) {
            all = all && c == map[next];
            next += 2;
        });
        BOOST_REQUIRE(table.size() == before - 1'000);
    }
    BOOST_TEST(all);
}

BOOST_AUTO_TEST_SUITE_END()
