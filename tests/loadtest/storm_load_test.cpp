#include "loadtest/storm_load.hpp"

#include "loadtest/fleet.hpp"
#include "tests/loadtest/tiny_server.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>

BOOST_AUTO_TEST_SUITE(storm_load)

using namespace doseline::loadtest;
using namespace std::chrono_literals;
using doseline::test::http_answer;
using doseline::test::tiny_server;

namespace {

struct run_of {
    explicit run_of(const tiny_server& server) {
        here.asked.authority = server.authority();
        here.asked.threads = 1;
        here.target = here.admin = resolve_endpoint(server.address());
        here.clinics = {{"00000001", "token-a"}, {"00000002", "token-b"}};
        plan.clients = 10;
        plan.seed = 7;
    }

    // What the storm saw is asked before its loop, which it uses, is gone.
    template <class Look>
    void look(Look&& at) {
        fleet ships(here, plan.clients);
        const request_writer writer(here.target.text, here.clinics);
        starting_line line(1);
        class storm_load storm(ships.loop(0), writer, here.clinics, plan, 0, line);
        const std::array<actor*, 1> actors{&storm};
        ships.run(actors, [] {});
        at(storm);
    }

    setting here;
    storm_plan plan;
};

const std::string checked = http_answer("200 OK", R"({"decision":"ELIGIBLE"})");

// A server at its limits: neither more nor less than what holds.
constexpr storm_figures at_the_edge{10, 20, 5, 10, 14, 300, 300, 300, 300, 0, 0};

bool holds(const storm_figures& seen) {
    judgement all;
    judge_storm(seen, all);
    return all.holds();
}

template <class Figure>
bool holds_with(Figure storm_figures::*figure, Figure value) {
    storm_figures seen = at_the_edge;
    seen.*figure = value;
    return holds(seen);
}

}  // namespace

BOOST_AUTO_TEST_CASE(all_come_back_with_their_sessions_but_every_fourth) {
    std::atomic<int> checks{0};
    tiny_server server([&](std::string_view) {
        ++checks;
        return checked;
    });
    run_of(server).look([&](const class storm_load& seen) {
        BOOST_TEST(seen.in.get() == 10u);
        BOOST_TEST(seen.back.get() == 10u);
        BOOST_TEST(seen.full.get() == 3u);
        BOOST_TEST(seen.came_again.get() == 0u);
        BOOST_TEST(seen.dropped.get() == 0u);
        BOOST_TEST(seen.times_back.count() == 10u);
        BOOST_TEST(seen.all_back.count() > 0);
    });
    BOOST_TEST(checks == 20);
}

BOOST_AUTO_TEST_CASE(who_is_told_to_wait_or_cut_off_comes_again) {
    std::atomic<int> checks{0};
    tiny_server server([&](std::string_view) {
        switch (++checks) {
            case 11: return std::string();  // the first one back
            case 12: return http_answer("503 Service Unavailable", R"({"code":"WAIT"})");
            default: return checked;
        }
    });
    run_of(server).look([&](const class storm_load& seen) {
        BOOST_TEST(seen.in.get() == 10u);
        BOOST_TEST(seen.back.get() == 10u);
        BOOST_TEST(seen.came_again.get() == 1u);
        BOOST_TEST(seen.told_to_wait.get() == 1u);
        BOOST_TEST(seen.unexpected.get() == 0u);
    });
}

BOOST_AUTO_TEST_CASE(who_is_kept_out_gives_up) {
    std::atomic<int> checks{0};
    tiny_server server([&](std::string_view) { return ++checks > 10 ? std::string() : checked; });
    run_of run(server);
    run.plan.patience = 1ms;
    run.look([&](const class storm_load& seen) {
        BOOST_TEST(seen.back.get() == 0u);
        BOOST_TEST(seen.stayed_out.get() == 10u);
    });
}

BOOST_AUTO_TEST_CASE(who_was_never_in_is_told) {
    std::atomic<int> checks{0};
    tiny_server server([&](std::string_view) { return ++checks == 3 ? std::string() : checked; });
    run_of(server).look([&](const class storm_load& seen) {
        BOOST_TEST(seen.never_in.get() == 1u);
        BOOST_TEST(seen.in.get() == 9u);
        BOOST_TEST(seen.back.get() == 10u);
    });
}

BOOST_AUTO_TEST_CASE(each_figure_holds_up_to_its_edge) {
    BOOST_TEST(holds(at_the_edge));
    BOOST_TEST(!holds_with(&storm_figures::p99_during_ms, 20.1));
    BOOST_TEST(holds_with(&storm_figures::floor_ms, 21.0));
    BOOST_TEST(!holds_with(&storm_figures::seconds, 14.1));
    for (const auto figure :
         {&storm_figures::in_before, &storm_figures::back_alone, &storm_figures::back}) {
        BOOST_TEST(!holds_with(figure, std::uint64_t{299}));
    }
    BOOST_TEST(!holds_with(&storm_figures::dropped, std::uint64_t{1}));
    BOOST_TEST(!holds_with(&storm_figures::unexpected, std::uint64_t{1}));
}

BOOST_AUTO_TEST_CASE(the_floor_does_not_hide_a_doubled_time_above_it) {
    storm_figures seen = at_the_edge;
    seen.floor_ms = 19;
    BOOST_TEST(holds(seen));
    seen.p99_during_ms = 21;
    BOOST_TEST(!holds(seen));
}

BOOST_AUTO_TEST_SUITE_END()
