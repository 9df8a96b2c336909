#include "loadtest/conclusion.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

BOOST_AUTO_TEST_SUITE(conclusion)

using namespace doseline;

namespace {

// A thousand answers in each of the two laps, each after that many milliseconds.
struct answered {
    loadtest::load_result seen{std::span<const loadtest::load_counts* const>{}};

    answered(std::uint64_t setup_ms, std::uint64_t measured_ms) {
        fill(loadtest::lap::setup, setup_ms);
        fill(loadtest::lap::measured, measured_ms);
    }
    void fill(loadtest::lap of, std::uint64_t ms) {
        auto& latency = seen.tallies[static_cast<std::size_t>(of)].latency.front();
        for (int i = 0; i < 1'000; ++i) {
            latency.record(ms * 1'000'000);
        }
    }
};

bool within_limit(const answered& load, double limit_ms) {
    loadtest::judgement all;
    loadtest::judge_load(load.seen, limit_ms, all);
    const auto& found = all.findings();
    const auto it = std::find_if(found.begin(), found.end(), [](const loadtest::finding& f) {
        return f.name == "99.5 % of the answers within";
    });
    BOOST_REQUIRE((it != found.end()));
    return it->holds;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_limit_is_for_the_measured_answers) {
    BOOST_TEST(within_limit(answered(1'000, 10), 150));
    BOOST_TEST(!within_limit(answered(10, 200), 150));
}

BOOST_AUTO_TEST_SUITE_END()
