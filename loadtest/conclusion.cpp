#include "loadtest/conclusion.hpp"

#include "loadtest/report_files.hpp"

#include <iostream>
#include <string>
#include <utility>

namespace doseline::loadtest {

namespace {

// Longer than this, and a server has stopped rather than slowed down.
constexpr double standstill_seconds_max = 1;

}  // namespace

void judge_load(const load_result& seen, std::optional<double> limit_ms, judgement& to) {
    std::uint64_t planned = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t malformed = seen.lost_open[static_cast<std::size_t>(failure::malformed)];
    for (std::size_t i = 0; i < laps; ++i) {
        planned += seen.planned[i];
        succeeded += seen.tallies[i].succeeded();
        malformed += seen.tallies[i].count(outcome::bad_answer);
    }
    to.expect_none("connections that did not open", seen.failed_connections());
    to.expect_none("connections lost", seen.lost_connections());
    to.add("requests answered as hoped", succeeded == planned, std::to_string(planned),
           std::to_string(succeeded));
    to.expect_none("answers malformed or unasked", malformed);
    if (limit_ms) {
        to.expect_at_most("99.5 % of the answers within",
                          static_cast<double>(seen.latency_of(lap::measured).at(0.995)) / 1e6,
                          *limit_ms, "ms");
    }
    to.expect_at_most("longest standstill", seen.longest_silence, standstill_seconds_max, "s");
}

boost::json::object describe_asked(const setting& here) {
    return {{"target", here.target.text},
            {"clinics", here.clinics.size()},
            {"seconds", std::chrono::duration<double>(here.asked.length).count()},
            {"threads", here.asked.threads},
            {"seed", here.asked.seed}};
}

bool conclude(const setting& here, boost::json::object asked, boost::json::object summary,
              const judgement& all) {
    print(std::cout, all);
    summary["scenario"] = here.asked.scenario;
    summary["asked"] = std::move(asked);
    summary["checks"] = describe(all);
    summary["passed"] = all.holds();
    publish(here, std::move(summary), std::cout);
    return all.holds();
}

}  // namespace doseline::loadtest
