#include "net/timing_wheel.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <memory>
#include <random>
#include <vector>

BOOST_AUTO_TEST_SUITE(timing_wheel_suite)

using doseline::net::timing_wheel;
using tick = timing_wheel::tick;

namespace {

constexpr tick slots = 512;  // a round of the wheel

struct timed : timing_wheel::entry {
    tick fired_at = 0;  // 0: not yet
};

struct wheel_and_clock {
    timing_wheel wheel;
    tick now = 0;

    void advance(tick ticks) {
        while (ticks-- != 0) {
            ++now;
            wheel.advance([this](timing_wheel::entry& e) {
                BOOST_TEST(!e.armed());
                static_cast<timed&>(e).fired_at = now;
            });
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_armed_is_due_at_its_tick_and_once, wheel_and_clock) {
    for (const tick ticks :
         {tick{1}, tick{2}, slots - 1, slots, slots + 1, 7 * slots, 7'200 * tick{4}}) {
        timed e;
        wheel.arm(e, ticks);
        BOOST_TEST(e.armed());
        const tick due = now + ticks;
        advance(ticks - 1);
        BOOST_TEST(e.fired_at == 0u);
        BOOST_TEST(wheel.left(e) == 1u);
        advance(1);
        BOOST_TEST(e.fired_at == due);
        BOOST_TEST(!e.armed());
        advance(2 * slots);
        BOOST_TEST(e.fired_at == due);
    }
}

BOOST_FIXTURE_TEST_CASE(nothing_is_due_in_the_tick_in_which_it_is_armed, wheel_and_clock) {
    timed e;
    wheel.arm(e, 0);
    advance(1);
    BOOST_TEST(e.fired_at == 1u);
}

BOOST_FIXTURE_TEST_CASE(arming_again_replaces_the_deadline, wheel_and_clock) {
    timed e;
    wheel.arm(e, 3);
    wheel.arm(e, 10);
    advance(9);
    BOOST_TEST(e.fired_at == 0u);
    wheel.arm(e, 1);
    advance(1);
    BOOST_TEST(e.fired_at == 10u);
}

BOOST_FIXTURE_TEST_CASE(what_is_disarmed_or_gone_is_never_due, wheel_and_clock) {
    timed disarmed;
    wheel.arm(disarmed, 2);
    disarmed.disarm();
    disarmed.disarm();
    BOOST_TEST(!disarmed.armed());
    {
        timed gone;
        wheel.arm(gone, 2);
    }
    timed stays;
    wheel.arm(stays, 2);
    advance(slots + 2);
    BOOST_TEST(disarmed.fired_at == 0u);
    BOOST_TEST(stays.fired_at == 2u);
}

BOOST_FIXTURE_TEST_CASE(what_is_due_may_arm_itself_and_disarm_others, wheel_and_clock) {
    timed first;
    timed second;
    wheel.arm(first, 1);
    wheel.arm(second, 1);
    unsigned calls = 0;
    wheel.advance([&](timing_wheel::entry& e) {
        ++calls;
        (&e == &first ? second : first).disarm();
        wheel.arm(e, slots);  // the same list again, a round later
    });
    BOOST_TEST(calls == 1u);
    now = 1;
    advance(slots - 1);
    BOOST_TEST(first.fired_at + second.fired_at == 0u);
    advance(1);
    BOOST_TEST(first.fired_at + second.fired_at == slots + 1);
}

BOOST_FIXTURE_TEST_CASE(entries_outlive_their_wheel, wheel_and_clock) {
    timed e;
    {
        timing_wheel other;
        other.arm(e, 5);
    }
    BOOST_TEST(!e.armed());
    wheel.arm(e, 1);
    advance(1);
    BOOST_TEST(e.fired_at == 1u);
}

// Against the plainest timer there is: a map from entry to tick.
BOOST_FIXTURE_TEST_CASE(random_use_agrees_with_a_map, wheel_and_clock) {
    constexpr unsigned seed = 4'711;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    std::vector<timed> entries(200);
    std::map<timed*, tick> due;
    for (int step = 0; step < 20'000; ++step) {
        timed& e = entries[random() % entries.size()];
        if (random() % 4 == 0) {
            e.disarm();
            due.erase(&e);
        } else {
            const tick ticks = random() % (3 * slots) + 1;
            wheel.arm(e, ticks);
            due[&e] = now + ticks;
        }
        ++now;
        wheel.advance([&](timing_wheel::entry& fired) {
            const auto expected = due.find(static_cast<timed*>(&fired));
            BOOST_REQUIRE(expected != due.end());
            BOOST_REQUIRE(expected->second == now);
            due.erase(expected);
        });
        for (const auto& [entry, at] : due) {
            BOOST_REQUIRE(at > now);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
