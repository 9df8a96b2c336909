#include "tests/core/model_run.hpp"
#include "tests/core/model_world.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(registry_model_test)

using namespace doseline::test;

namespace {

// Answers of all histories by their first word.
using answer_counts = std::map<std::string, std::uint64_t>;

void is_that_of_the_simple_registry(const std::vector<step>& steps, answer_counts& answers) {
    model_world world;
    for (const step& s : steps) {
        world.take(s);
    }
    world.compare_all();
    links_hold(world.real.events);
    replays(world, world.real.events);
    for (const auto& [kind, count] : world.answers) {
        answers[kind] += count;
    }
    answers["import"] += world.simple.imported;
}

}  // namespace

BOOST_AUTO_TEST_CASE(any_short_history_is_that_of_the_simple_registry_and_replays) {
    const bool holds = rc::check("answers, stock, books and replay of random histories", [] {
        // Days of steps, so that a failing history is soon shortened: by days, then within them.
        // The steps stay as they are.
        const auto day = rc::gen::scale(
            0.35, rc::gen::container<std::vector<step>>(rc::gen::noShrink(any_step())));
        const auto days =
            *rc::gen::scale(0.5, rc::gen::container<std::vector<std::vector<step>>>(day));
        model_world world;
        for (const std::vector<step>& steps : days) {
            for (const step& s : steps) {
                world.take(s);
                world.compare_all();
            }
        }
        replays(world, world.real.events);
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(long_histories_are_those_of_the_simple_registry_and_replay) {
    answer_counts answers;
    const model_run run(100'000);
    run.check(
        [&](const std::vector<step>& steps) { is_that_of_the_simple_registry(steps, answers); });
    if (run.commands < 100'000) {
        return;
    }
    // It was about something.
    for (const char* kind :
         {"check",    "dose",    "void",   "correction", "accept",   "reject",  "reopen", "pay",
          "view",     "confirm", "waste",  "return",     "transfer", "count",   "assign", "replace",
          "shipment", "import",  "report", "enrolled",   "revoked",  "refusal", "known",  "turn"}) {
        BOOST_TEST_MESSAGE(kind << " " << answers[kind]);
        BOOST_TEST(answers[kind] > 0u, kind << " " << answers[kind]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
