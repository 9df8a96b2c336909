#include "loadtest/scenarios/rush.hpp"

#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/report.hpp"
#include "loadtest/rush_load.hpp"
#include "loadtest/truth.hpp"

#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

// As many as were connected at once on the morning that broke the old system.
constexpr std::uint32_t connections_default = 28'000;
constexpr double limit_ms_default = 1'000;
constexpr std::uint64_t late_max = 50'000'000;  // nanoseconds

double milliseconds(std::uint64_t nanoseconds) noexcept {
    return static_cast<double>(nanoseconds) / 1e6;
}

struct rush_times {
    histogram opening;
    histogram first_answer;
    std::uint64_t asked_again = 0;
};

void print_times(std::ostream& out, const rush_times& times, std::uint64_t late) {
    const auto line = [&](std::string_view what, const histogram& h) {
        out << what << ": p50 " << milliseconds(h.at(0.5)) << " ms, p99 "
            << milliseconds(h.at(0.99)) << " ms, max " << milliseconds(h.max()) << " ms ("
            << h.count() << ")\n";
    };
    line("planned connect to the end of the handshake", times.opening);
    line("planned connect to the first answer", times.first_answer);
    out << "refused and asked again: " << times.asked_again << "\n";
    if (late > late_max) {
        out << "this client was late itself: 1 % of the connects began more than "
            << milliseconds(late) << " ms after their plan, and that counts, too\n";
    }
}

}  // namespace

bool run_rush(const setting& here) {
    const rush_plan plan{here.asked.threads, here.asked.connections.value_or(connections_default),
                         here.asked.length, here.asked.seed};
    truth record(here);
    fleet ships(here, plan.connections);
    const request_writer writer(here.target.text, here.clinics);
    std::vector<std::unique_ptr<rush_load>> loads;
    std::vector<actor*> actors;
    std::vector<const load_counts*> counts;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<rush_load>(ships.loop(i), writer, here.clinics, plan, i,
                                                    &record.record()));
        actors.push_back(loads.back().get());
        counts.push_back(loads.back().get());
    }
    std::cout << "rush: " << plan.connections << " fresh connections to " << here.target.text
              << " within " << std::chrono::duration<double>(plan.length).count() << " s, seed "
              << plan.seed << ", threads " << plan.threads << std::endl;
    live_line watched(counts);
    ships.run(actors, [&] { std::cerr << watched.next() << std::endl; });

    const load_result result(counts);
    rush_times times;
    for (const auto& load : loads) {
        times.opening.merge(load->opening);
        times.first_answer.merge(load->first_answer);
        times.asked_again += load->asked_again.get();
    }
    const double rate = plan.connections / std::chrono::duration<double>(plan.length).count() * 3;
    print(std::cout, result, rate);
    print_times(std::cout, times,
                result.tallies[static_cast<std::size_t>(lap::measured)].lateness.at(0.99));
    judgement all;
    // Only the first answer has a limit: what follows it is the business of hold.
    judge_load(result, std::nullopt, all);
    all.expect_at_most("99 % of the first answers within",
                       milliseconds(times.first_answer.at(0.99)),
                       here.asked.limit_ms.value_or(limit_ms_default), "ms");
    json::object summary = describe(result, rate);
    summary["opening_ms"] = describe(times.opening);
    summary["first_answer_ms"] = describe(times.first_answer);
    summary["asked_again"] = times.asked_again;
    summary["truth"] = record.compare(result.in_doubt, all);
    json::object asked = describe_asked(here);
    asked["connections"] = plan.connections;
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest
