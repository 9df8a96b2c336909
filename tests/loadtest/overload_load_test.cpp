#include "loadtest/overload_load.hpp"

#include "loadtest/fleet.hpp"
#include "tests/loadtest/tiny_server.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(overload_load)

using namespace doseline::loadtest;
using namespace std::chrono_literals;
using doseline::test::http_answer;
using doseline::test::tiny_server;

namespace {

const std::string wait = http_answer("503 Service Unavailable", R"({"code":"WAIT"})");

std::string accept(std::string_view request, int seq) {
    const std::string n = std::to_string(seq);
    return request.starts_with("POST /v1/checks")
               ? http_answer("200 OK", R"({"decision":"ELIGIBLE"})")
               : http_answer("201 Created",
                             R"({"id":"r)" + n + R"(","receipt":"R","seq":)" + n + "}");
}

struct run_of {
    explicit run_of(const tiny_server& server) {
        here.asked.authority = server.authority();
        here.target = here.admin = resolve_endpoint(server.address());
        here.clinics = {{"00000001", "token-a"}, {"00000002", "token-b"}};
        plan.connections = 30;
        plan.steps = {{100, 100, 500ms}, {400, 400, 500ms}, {50, 50, 2'500ms}};
        plan.seed = 7;
    }

    template <class Look>
    void look(Look&& at) {
        const doseline::test::temporary_directory dir;
        ack_writer acks(dir.path() / "acks");
        fleet ships(here, plan.connections);
        const request_writer writer(here.target.text, here.clinics);
        starting_line line(1);
        class overload_load load(ships.loop(0), writer, here.clinics, plan, 0, line, acks);
        const std::array<actor*, 1> actors{&load};
        ships.run(actors, [] {});
        at(load);
    }

    setting here;
    overload_plan plan;
};

std::uint64_t sum(const class overload_load& load, live_count step_counts::*which) {
    std::uint64_t all = 0;
    for (const step_counts& s : load.steps) {
        all += (s.*which).get();
    }
    return all;
}

// Every request has one end, and every sending one answer.
void check_sums(const class overload_load& load) {
    const tally& t = load.tallies[static_cast<std::size_t>(lap::measured)];
    BOOST_TEST(t.finished() == load.planned[static_cast<std::size_t>(lap::measured)]);
    BOOST_TEST(sum(load, &step_counts::offered) == t.finished());
    BOOST_TEST(sum(load, &step_counts::sent) == t.sent.get() + sum(load, &step_counts::sent_again));
    BOOST_TEST(sum(load, &step_counts::sent) ==
               sum(load, &step_counts::registered) + sum(load, &step_counts::checked) +
                   sum(load, &step_counts::refused) + sum(load, &step_counts::failed));
}

// Servers at their limits: neither more nor less than what holds.
std::vector<measured_step> at_the_edge() {
    return {{50, 1'000, 0, 1'000, 500, 0, 0, 5, 0},
            {100, 2'000, 0, 2'000, 1'000, 0, 0, 250, 0},
            {1'000, 20'000, 15'000, 5'000, 100, 3'000, 0, 1'000, 200, true},
            {1'000, 20'000, 15'000, 5'000, 900, 3'000, 0, 250, 50},
            {50, 1'000, 0, 1'000, 450, 0, 0, 5, 0}};
}

bool holds(const std::vector<measured_step>& steps) {
    judgement all;
    judge_overload(steps, 0.9, 250, all);
    return all.holds();
}

bool holds_with(std::size_t step, double measured_step::*figure, double value) {
    auto steps = at_the_edge();
    steps[step].*figure = value;
    return holds(steps);
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_refused_once_is_asked_again_with_its_key_and_recorded_once) {
    std::atomic<int> seq{0};
    std::mutex mutex;
    std::set<std::string> refused;
    tiny_server server([&](std::string_view request) {
        const std::lock_guard lock(mutex);
        return refused.emplace(request).second ? wait : accept(request, ++seq);
    });
    run_of run(server);
    run.plan.steps = {{100, 20, 500ms}, {50, 1, 2'000ms}};
    run.look([&](const class overload_load& seen) {
        check_sums(seen);
        BOOST_TEST(sum(seen, &step_counts::offered) == 12u);
        BOOST_TEST(sum(seen, &step_counts::failed) == 0u);
        // What was refused in the last second is not asked again.
        BOOST_TEST(sum(seen, &step_counts::sent_again) >= 10u);
        BOOST_TEST(sum(seen, &step_counts::registered) ==
                   static_cast<std::uint64_t>(seq) - sum(seen, &step_counts::checked));
    });
}

BOOST_AUTO_TEST_CASE(who_waits_sends_nothing_else) {
    tiny_server server([](std::string_view) { return wait; });
    run_of(server).look([&](const class overload_load& seen) {
        check_sums(seen);
        const tally& t = seen.tallies[static_cast<std::size_t>(lap::measured)];
        BOOST_TEST(t.succeeded() == 0u);
        BOOST_TEST(t.count(outcome::wait) == t.sent.get());
        BOOST_TEST(t.count(outcome::unsent) > 0u);  // 30 clinics, 375 requests
        BOOST_TEST(seen.in_doubt.empty());
    });
}

BOOST_AUTO_TEST_CASE(who_does_not_come_again_waits_and_asks_for_somebody_else) {
    tiny_server server([](std::string_view) { return wait; });
    run_of run(server);
    run.plan.come_again = false;
    run.look([&](const class overload_load& seen) {
        check_sums(seen);
        const tally& t = seen.tallies[static_cast<std::size_t>(lap::measured)];
        BOOST_TEST(sum(seen, &step_counts::sent_again) == 0u);
        BOOST_TEST(t.count(outcome::wait) == t.sent.get());
        BOOST_TEST(t.count(outcome::wait) > 30u);  // clinics
    });
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_up_is_told) {
    std::atomic<int> n{0};
    tiny_server server(
        [&](std::string_view request) { return ++n > 50 ? std::string() : accept(request, n); });
    run_of(server).look([&](const class overload_load& seen) {
        check_sums(seen);
        BOOST_TEST(sum(seen, &step_counts::failed) == 30u);
    });
}

BOOST_AUTO_TEST_CASE(each_figure_holds_up_to_its_edge) {
    BOOST_TEST(holds(at_the_edge()));
    BOOST_TEST(!holds_with(3, &measured_step::registered, 899));
    BOOST_TEST(!holds_with(0, &measured_step::registered, 449));  // of 500 that were offered
    BOOST_TEST(!holds_with(4, &measured_step::registered, 440));
    BOOST_TEST(!holds_with(1, &measured_step::accepted_p99_ms, 250.1));
    BOOST_TEST(!holds_with(3, &measured_step::refusal_p99_ms, 50.1));
    BOOST_TEST(!holds_with(1, &measured_step::failed, 0.5));
    BOOST_TEST(!holds_with(4, &measured_step::refused, 0.5));  // it is not over
    BOOST_TEST(holds_with(0, &measured_step::refused, 0.5));
}

BOOST_AUTO_TEST_CASE(while_the_load_changes_it_may_take_longer_and_nothing_may_fail) {
    BOOST_TEST(!holds_with(2, &measured_step::accepted_p99_ms, 1'000.1));
    BOOST_TEST(!holds_with(2, &measured_step::refusal_p99_ms, 200.1));
    BOOST_TEST(!holds_with(2, &measured_step::failed, 0.5));
    BOOST_TEST(holds_with(2, &measured_step::registered, 0));
    BOOST_TEST(holds_with(2, &measured_step::registered, 5'000));  // what waited before it
}

BOOST_AUTO_TEST_CASE(what_this_client_did_not_come_to_is_not_held_against_the_server) {
    auto steps = at_the_edge();
    steps[4].registered = 400;
    BOOST_TEST(!holds(steps));
    steps[4].late = 112;  // nine tenths of half of 888 are 399.6
    BOOST_TEST(holds(steps));
}

BOOST_AUTO_TEST_SUITE_END()
