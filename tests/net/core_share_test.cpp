#include "net/core_share.hpp"

#include <boost/test/unit_test.hpp>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

BOOST_AUTO_TEST_SUITE(core_share)

using namespace doseline;

namespace {

int niceness() { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); }

// It changes the thread that it is called on.
void in_a_thread(const auto& work) { std::thread(work).join(); }

}  // namespace

BOOST_AUTO_TEST_CASE(who_stands_back_is_nicer_by_ten_and_alone) {
    const int before = niceness();
    in_a_thread([&] {
        net::stand_back();
        BOOST_TEST(niceness() == std::min(before + 10, 19));
    });
    BOOST_TEST(niceness() == before);
}

BOOST_AUTO_TEST_CASE(short_turns_leave_the_priority_as_it_was) {
    in_a_thread([] {
        net::stand_back();
        const int before = niceness();
        net::take_short_turns();
        BOOST_TEST(niceness() == before);
        BOOST_TEST(::sched_getscheduler(0) == SCHED_OTHER);
    });
}

BOOST_AUTO_TEST_CASE(whoever_was_started_with_another_policy_keeps_it) {
    in_a_thread([] {
        const sched_param none{};
        BOOST_TEST_REQUIRE(::sched_setscheduler(0, SCHED_BATCH, &none) == 0);
        net::take_short_turns();
        BOOST_TEST(::sched_getscheduler(0) == SCHED_BATCH);
    });
}

BOOST_AUTO_TEST_SUITE_END()
