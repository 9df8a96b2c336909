#include "net/admission.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(admission_suite)

using namespace doseline;
using namespace std::chrono_literals;
using net::verdict;
using net::work_class;

namespace {

constexpr double least = net::refusal_pressure::least;
constexpr double most = net::refusal_pressure::most;

struct fixture {
    net::admission admits;
    net::admission::time_point now{1'000s};

    // A request at hand, the probe behind it.
    void send_probe() {
        now += 10ms;
        BOOST_REQUIRE(admits.wants_probe(now));
    }
    verdict judged(work_class c) { return admits.judge(c, now); }

    // As many as tell a reactor that is behind from one that was held up.
    void read_many() {
        for (int n = 0; n < 512; ++n) {
            BOOST_REQUIRE(judged(work_class::page) == verdict::serve);
        }
    }

    // Windows in which the probe is always that long under way.
    void overload(int windows, std::chrono::milliseconds wait) {
        for (int n = 0; n < windows * 100 / static_cast<int>(wait.count()); ++n) {
            now += 1ms;
            admits.wants_probe(now);
            for (int asked = 0; asked < 20; ++asked) {
                for (const auto c : {work_class::registration, work_class::page}) {
                    admits.judge(c, now);
                }
            }
            now += wait;
            admits.probe_is_back(now);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_idle_server_serves_every_class, fixture) {
    for (std::size_t c = 0; c < net::work_classes; ++c) {
        BOOST_CHECK(judged(static_cast<work_class>(c)) == verdict::serve);
    }
    BOOST_CHECK(admits.shedder().served_down_to() == work_class::page);
}

BOOST_FIXTURE_TEST_CASE(a_registration_may_lie_ready_so_long_and_no_longer, fixture) {
    read_many();
    send_probe();
    now += core::limits::ready_wait_max * 5;
    BOOST_CHECK(judged(work_class::registration) == verdict::serve);
    now += 1ms;
    BOOST_CHECK(judged(work_class::registration) == verdict::overdue);
}

BOOST_FIXTURE_TEST_CASE(lower_classes_may_lie_ready_for_less, fixture) {
    read_many();
    send_probe();
    now += core::limits::ready_wait_max;
    BOOST_CHECK(judged(work_class::stock) == verdict::serve);
    now += 1ms;
    BOOST_CHECK(judged(work_class::stock) == verdict::overdue);
    BOOST_CHECK(judged(work_class::report) == verdict::overdue);
    BOOST_CHECK(judged(work_class::check) == verdict::serve);
    now += core::limits::ready_wait_max * 3 / 2;
    BOOST_CHECK(judged(work_class::check) == verdict::overdue);
    BOOST_CHECK(judged(work_class::registration) == verdict::serve);
}

BOOST_FIXTURE_TEST_CASE(one_probe_is_under_way_at_a_time, fixture) {
    send_probe();
    BOOST_TEST(!admits.wants_probe(now + 1s));
    admits.probe_is_back(now + 1s);
    BOOST_TEST(!admits.wants_probe(now + 1s));  // there was one just now
    BOOST_TEST(admits.wants_probe(now + 1s + 1ms));
}

BOOST_FIXTURE_TEST_CASE(a_wait_of_another_time_is_forgotten, fixture) {
    send_probe();
    admits.probe_is_back(now + 1s);
    now += 10s;
    BOOST_TEST(admits.wants_probe(now));
    BOOST_CHECK(judged(work_class::page) == verdict::serve);
}

// A reactor that was held up once, by one request or by the machine.
BOOST_FIXTURE_TEST_CASE(who_comes_after_all_were_read_is_not_refused_for_what_they_waited,
                        fixture) {
    read_many();
    send_probe();
    now += 1s;
    admits.probe_is_back(now);
    BOOST_CHECK(judged(work_class::registration) == verdict::overdue);  // ready before, too
    admits.none_left();
    BOOST_CHECK(judged(work_class::report) == verdict::serve);
}

BOOST_FIXTURE_TEST_CASE(what_lay_ready_while_the_machine_stood_still_is_served, fixture) {
    send_probe();
    now += 1s;
    read_many();
    BOOST_CHECK(judged(work_class::registration) == verdict::overdue);  // that is no stop any more
}

BOOST_FIXTURE_TEST_CASE(a_burst_that_is_worked_off_sheds_nothing, fixture) {
    send_probe();
    now += core::limits::queue_wait_target * 2;
    admits.probe_is_back(now);
    for (int n = 0; n < 500; ++n) {
        now += 1ms;
        if (admits.wants_probe(now)) {
            admits.probe_is_back(now);
        }
        BOOST_REQUIRE((judged(work_class::stock) == verdict::serve));
    }
}

BOOST_FIXTURE_TEST_CASE(a_queue_that_stands_sheds_the_lowest_class_first, fixture) {
    overload(4, core::limits::queue_wait_target + 2ms);
    BOOST_TEST(admits.shedder().sheds());
    BOOST_CHECK(admits.shedder().served_down_to() == work_class::report);
}

BOOST_FIXTURE_TEST_CASE(a_queue_as_long_as_it_may_be_sheds_nothing, fixture) {
    overload(20, core::limits::queue_wait_target);
    BOOST_TEST(!admits.shedder().sheds());
}

// The machine stood still for long: one window has nothing but long waits.
BOOST_FIXTURE_TEST_CASE(a_stop_of_the_machine_sheds_nothing, fixture) {
    for (int n = 0; n < 100; ++n) {
        send_probe();
        now += n == 50 ? 400ms : 1ms;
        for (int asked = 0; asked < 100; ++asked) {
            BOOST_REQUIRE((judged(work_class::report) == verdict::serve));
        }
        admits.probe_is_back(now);
        admits.none_left();
    }
    BOOST_TEST(!admits.shedder().sheds());
}

// So few that there is nothing to choose from: their waits come from elsewhere.
BOOST_FIXTURE_TEST_CASE(so_few_requests_that_no_reactor_is_busy_are_served_whatever_they_waited,
                        fixture) {
    for (int windows = 0; windows < 100; ++windows) {
        admits.wants_probe(now);
        for (int n = 0; n < 30; ++n) {
            BOOST_REQUIRE(judged(work_class::report) == verdict::serve);
        }
        now += core::limits::queue_window;
        admits.probe_is_back(now);
        admits.none_left();
        now += 1ms;
    }
    BOOST_TEST(admits.shedder().sheds());
}

BOOST_FIXTURE_TEST_CASE(an_inbox_that_stands_sheds_too, fixture) {
    for (int n = 0; n < 300; ++n) {
        now += 1ms;
        admits.judge(work_class::page, now);
        admits.submitted();
        admits.inbox_waited(core::limits::queue_wait_target + 1ms);
    }
    BOOST_TEST(admits.shedder().sheds());
}

BOOST_FIXTURE_TEST_CASE(rests_double_from_unnoticed_to_four_seconds, fixture) {
    BOOST_TEST(net::rest_after(0, 60s, 77, least).count() == 0);
    BOOST_TEST(net::rest_after(1, 60s, 77, least).count() == 0);
    for (unsigned n = 2; n < 40; ++n) {
        const auto middle =
            std::min<std::chrono::milliseconds>(125ms * (1 << std::min(n - 2, 5u)), 4s);
        for (const std::uint32_t random : {0u, 1u, 124u, 125u, 12'345u, ~0u}) {
            BOOST_TEST((net::rest_after(n, 60s, random, least) >= middle / 2));
            BOOST_TEST((net::rest_after(n, 60s, random, least) < middle + middle / 2));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(who_waits_as_long_as_it_was_told_never_meets_a_rest, fixture) {
    for (unsigned n = 0; n < 40; ++n) {
        for (const std::uint32_t random : {0u, 1u, 12'345u, ~0u}) {
            BOOST_TEST((net::rest_after(n, 1s, random, least) <= 1s));
            BOOST_TEST((net::rest_after(n, 1s, random, most) <= 1s));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(under_the_most_pressure_a_rest_lasts_as_long_as_was_told, fixture) {
    BOOST_TEST(net::rest_after(1, 10s, 77, most).count() == 0);
    BOOST_TEST((net::rest_after(2, 10s, 77, most) == 10s));
    BOOST_TEST((net::rest_after(2, 10s, 77, (least + most) / 2) == 1'250ms));
}

BOOST_FIXTURE_TEST_CASE(retry_after_is_one_to_five_seconds_and_more_under_pressure, fixture) {
    for (const auto& [pressure, longest] : {std::pair{least, 5u}, {1.6, 8u}, {most, 10u}}) {
        std::array<unsigned, 12> seen{};
        for (std::uint32_t random = 0; random < 1'000; ++random) {
            ++seen[static_cast<std::size_t>(net::come_again_in(random, pressure).count())];
        }
        for (std::size_t s = 0; s < seen.size(); ++s) {
            BOOST_TEST(seen[s] == (s >= 1 && s <= longest ? 1'000 / longest : 0));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
