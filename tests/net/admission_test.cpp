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

    unsigned in_line = 0;

    verdict judged(work_class c) { return admits.judge(c, now); }

    // The class is let in while so many are in the line, and not behind one more.
    void fill_up_to(work_class c, unsigned up_to) {
        for (; in_line < up_to; ++in_line) {
            admits.line_up(now);
        }
        BOOST_CHECK(in_line > up_to || judged(c) == verdict::serve);
        for (; in_line <= up_to; ++in_line) {
            admits.line_up(now);
        }
        BOOST_CHECK(judged(c) == verdict::shed);
    }

    // So many in a line that goes one a millisecond, which has just begun.
    void line_of(unsigned many) {
        in_line = many;
        constexpr unsigned learned = 1'000;
        for (unsigned n = 0; n < learned + many; ++n) {
            admits.line_up(now);
        }
        for (unsigned n = 0; n < learned; ++n) {
            admits.taken(100ms, 100);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(an_idle_server_serves_every_class_at_once, fixture) {
    for (std::size_t c = 0; c < net::work_classes; ++c) {
        BOOST_CHECK(judged(static_cast<work_class>(c)) == verdict::serve);
        BOOST_TEST(admits.serves_at_once(now));
    }
    BOOST_CHECK(admits.served_down_to() == work_class::page);
}

BOOST_FIXTURE_TEST_CASE(a_line_that_has_just_begun_may_be_a_burst_long, fixture) {
    line_of(0);
    now += core::limits::line_burst_max - 1ms;
    fill_up_to(work_class::report, 100);
    fill_up_to(work_class::stock, 100);
    fill_up_to(work_class::check, 200);
    fill_up_to(work_class::registration, 250);
}

BOOST_FIXTURE_TEST_CASE(a_line_that_stands_may_be_shorter, fixture) {
    judged(work_class::page);
    line_of(1);
    now += core::limits::line_burst_max;
    fill_up_to(work_class::report, 25);
    fill_up_to(work_class::stock, 25);
    fill_up_to(work_class::check, 50);
    fill_up_to(work_class::registration, 100);
}

BOOST_FIXTURE_TEST_CASE(who_went_away_is_in_nobodys_way, fixture) {
    line_of(101);
    BOOST_CHECK(judged(work_class::report) == verdict::shed);
    admits.left_line();
    BOOST_CHECK(judged(work_class::report) == verdict::serve);
}

// Whatever its length: nobody knows yet how fast it goes.
BOOST_FIXTURE_TEST_CASE(a_first_line_refuses_nobody_before_it_has_gone_on, fixture) {
    for (int n = 0; n < 100'000; ++n) {
        admits.line_up(now);
    }
    BOOST_CHECK(judged(work_class::report) == verdict::serve);
}

BOOST_FIXTURE_TEST_CASE(a_short_line_tells_nothing_of_how_fast_it_goes, fixture) {
    for (int n = 0; n < 1'000; ++n) {
        admits.line_up(now);
    }
    for (int n = 0; n < 100; ++n) {
        admits.taken(1s, 15);
    }
    BOOST_CHECK(judged(work_class::report) == verdict::serve);
    admits.taken(1s, 16);
    BOOST_CHECK(judged(work_class::report) == verdict::shed);
}

// The machine stood still: what came meanwhile is a burst.
BOOST_FIXTURE_TEST_CASE(after_a_stop_the_line_has_just_begun, fixture) {
    judged(work_class::page);
    line_of(50);
    now += core::limits::line_burst_max;
    BOOST_CHECK(judged(work_class::report) == verdict::shed);
    now += 2 * core::limits::queue_window + 1ms;
    BOOST_CHECK(judged(work_class::report) == verdict::serve);
}

BOOST_FIXTURE_TEST_CASE(who_comes_late_in_a_batch_or_while_more_is_ready_lines_up, fixture) {
    judged(work_class::check);
    BOOST_TEST(admits.serves_at_once(now + 1ms));
    BOOST_TEST(!admits.serves_at_once(now + 2ms));
    admits.batch_ends(false, 0ms, now += 10ms);
    judged(work_class::check);
    BOOST_TEST(admits.serves_at_once(now));
    admits.batch_ends(true, 0ms, now);
    judged(work_class::check);
    BOOST_TEST(!admits.serves_at_once(now));
    admits.batch_ends(false, 0ms, now);
    admits.line_up(now);
    BOOST_TEST(!admits.serves_at_once(now));  // others wait
    admits.taken(1ms, 0);
    judged(work_class::check);
    BOOST_TEST(admits.serves_at_once(now));
}

BOOST_FIXTURE_TEST_CASE(reading_and_serving_share_the_time, fixture) {
    admits.line_up(now);
    BOOST_TEST((admits.serving_time() == 250us));  // always some
    judged(work_class::check);
    admits.batch_ends(true, 0ms, now += 10ms);
    BOOST_TEST((admits.serving_time() == 7ms));
    BOOST_TEST(!admits.owes_reading());
    admits.worked(9ms);
    BOOST_TEST(admits.owes_reading());
    BOOST_TEST((admits.serving_time() == 250us));
    judged(work_class::check);
    admits.batch_ends(true, 0ms, now += 5ms);
    BOOST_TEST((admits.serving_time() == 1'500us));
    admits.taken(1ms, 0);
    admits.batch_ends(false, 0ms, now);  // nobody waits: nothing is owed
    BOOST_TEST((admits.serving_time() == 250us));
}

BOOST_FIXTURE_TEST_CASE(the_line_is_given_less_the_longer_others_lie_unread, fixture) {
    const auto given = [&](std::chrono::milliseconds unread) {
        admits.batch_ends(true, 0ms, now);
        admits.line_up(now);
        judged(work_class::check);
        admits.batch_ends(true, unread, now += 10ms);
        const auto time = admits.serving_time();
        admits.left_line();
        return time;
    };
    // A burst is read soon enough.
    for (int batch = 0; batch < 9; ++batch) {
        BOOST_TEST((given(1s) == 7ms));
    }
    BOOST_TEST((given(10ms) == 7ms));
    BOOST_TEST((given(14ms) == 5ms));
    BOOST_TEST((given(24ms) == 3ms));
    BOOST_TEST((given(10s) == 3ms));  // never nothing
    BOOST_TEST((given(0ms) == 7ms));
    // All was read for a moment; then for long enough.
    admits.batch_ends(false, 0ms, now);
    now += 90ms;
    BOOST_TEST((given(1s) == 3ms));
    now += 101ms;
    BOOST_TEST((given(1s) == 7ms));
}

BOOST_FIXTURE_TEST_CASE(what_is_refused_in_a_window_is_told_in_the_next, fixture) {
    judged(work_class::page);
    line_of(201);
    BOOST_CHECK(judged(work_class::check) == verdict::shed);
    now += core::limits::queue_window;
    BOOST_CHECK(judged(work_class::registration) == verdict::serve);
    BOOST_CHECK(admits.served_down_to() == work_class::registration);
    BOOST_TEST(admits.sheds());
    now += core::limits::queue_window;
    admits.look(now);
    BOOST_CHECK(admits.served_down_to() == work_class::page);
    BOOST_TEST(!admits.sheds());
}

// The committer may need the same core: whoever is refused for it costs it time, too.
BOOST_FIXTURE_TEST_CASE(pressure_comes_of_whatever_is_refused, fixture) {
    for (int window = 0; window < 30; ++window) {
        for (int n = 0; n < 1'000; ++n) {
            judged(work_class::check);
        }
        for (int n = 0; n < 10; ++n) {
            admits.submitted();
            admits.inbox_waited(core::limits::inbox_wait_max);
        }
        now += core::limits::queue_window;
    }
    BOOST_TEST(admits.sheds());
    BOOST_TEST(admits.pressure() == most);
}

BOOST_FIXTURE_TEST_CASE(an_inbox_that_stands_sheds_too, fixture) {
    const auto ask = [&](std::chrono::milliseconds each_waits) {
        for (int n = 0; n < 300; ++n) {
            now += 1ms;
            for (int asked = 0; asked < 20; ++asked) {
                judged(work_class::registration);
                judged(work_class::report);
            }
            admits.submitted();
            admits.inbox_waited(each_waits);
        }
    };
    ask(core::limits::queue_wait_target);
    BOOST_TEST(!admits.sheds());
    ask(core::limits::queue_wait_target + 1ms);
    BOOST_TEST(admits.sheds());
    BOOST_TEST((admits.served_down_to() < work_class::report));
}

// The machine, or the disk, stood still for long: one window has nothing but long waits.
BOOST_FIXTURE_TEST_CASE(a_stop_in_the_inbox_sheds_nothing, fixture) {
    for (int n = 0; n < 100; ++n) {
        now += n == 50 ? 400ms : 10ms;
        for (int asked = 0; asked < 100; ++asked) {
            BOOST_REQUIRE((judged(work_class::report) == verdict::serve));
        }
        admits.submitted();
        admits.inbox_waited(n == 50 ? 400ms : 1ms);
    }
    BOOST_TEST(!admits.sheds());
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
    BOOST_TEST((net::rest_after(2, 16s, 77, (least + most) / 2) == 2s));
}

BOOST_FIXTURE_TEST_CASE(retry_after_is_one_to_five_seconds_and_more_under_pressure, fixture) {
    for (const auto& [pressure, longest] : {std::pair{least, 5u}, {1.6, 8u}, {most, 20u}}) {
        std::array<unsigned, 22> seen{};
        for (std::uint32_t random = 0; random < 1'000; ++random) {
            ++seen[static_cast<std::size_t>(net::come_again_in(random, pressure).count())];
        }
        for (std::size_t s = 0; s < seen.size(); ++s) {
            BOOST_TEST(seen[s] == (s >= 1 && s <= longest ? 1'000 / longest : 0));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
