#include "loadtest/scenarios/overload.hpp"

#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/report.hpp"
#include "loadtest/truth.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

constexpr std::array<unsigned, 9> percents{30, 60, 90, 100, 120, 150, 200, 500, 1'000};
constexpr std::uint32_t connections_max = 1'000;

// More than any server answers, so that every connection always has its next request.
constexpr double saturating_rate = 100'000;

// An answer that comes later has lost its clinic's attention.
constexpr std::chrono::seconds in_time{1};

struct measured_step {
    unsigned percent = 0;  // of the capacity; 0: the measuring of it
    double offered = 0;
    double sent = 0;
    double succeeded = 0;
    double goodput = 0;  // successes within in_time of their planned time
    double refused = 0;
    double failed = 0;
    json::object latency;
    std::vector<doubt> in_doubt;
};

measured_step run_step(const setting& here, truth& record, load_plan plan, unsigned percent) {
    fleet ships(here, plan.connections);
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(plan.threads);
    std::vector<std::unique_ptr<clinic_load>> loads;
    std::vector<actor*> actors;
    plan.seed += percent + 1;  // other people each time
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<clinic_load>(ships.loop(i), writer, here.clinics, plan, i,
                                                      line, &record.record()));
        actors.push_back(loads.back().get());
    }
    ships.run(actors, [] {});
    load_result result(loads);
    const tally& t = result.tallies[static_cast<std::size_t>(lap::measured)];
    histogram latency;
    for (const histogram& h : t.latency) {
        latency.merge(h);
    }
    const auto each_second = [&](std::uint64_t n) {
        return static_cast<double>(n) / std::max(1e-9, result.measured_seconds);
    };
    constexpr auto limit = static_cast<std::uint64_t>(std::chrono::nanoseconds{in_time}.count());
    return {percent,
            plan.rate,
            each_second(t.sent.get()),
            each_second(t.succeeded()),
            each_second(latency.count_to(limit)),
            each_second(t.refused()),
            each_second(t.failed() - t.count(outcome::unsent)),
            describe(latency),
            std::move(result.in_doubt)};
}

json::object describe(const measured_step& s) {
    return {{"percent", s.percent},     {"offered", s.offered},   {"sent", s.sent},
            {"succeeded", s.succeeded}, {"goodput", s.goodput},   {"refused", s.refused},
            {"failed", s.failed},       {"latency_ms", s.latency}};
}

void print(std::ostream& out, const measured_step& s) {
    const auto whole = [](double n) { return static_cast<std::uint64_t>(n + 0.5); };
    out << "  " << s.percent << " %: offered " << whole(s.offered) << "/s, sent " << whole(s.sent)
        << "/s, succeeded " << whole(s.succeeded) << "/s, within a second " << whole(s.goodput)
        << "/s, refused " << whole(s.refused) << "/s, failed " << whole(s.failed) << "/s"
        << std::endl;
}

}  // namespace

bool run_overload(const setting& here) {
    load_plan plan;
    plan.threads = here.asked.threads;
    plan.connections = here.asked.connections.value_or(
        std::min(connections_max, static_cast<std::uint32_t>(here.clinics.size())));
    plan.length = here.asked.length;
    plan.rate = saturating_rate;
    plan.seed = here.asked.seed;
    truth record(here);
    std::cout << "overload: " << plan.connections << " connections to " << here.target.text
              << ", seed " << plan.seed << ", threads " << plan.threads << std::endl;
    measured_step saturated = run_step(here, record, plan, 0);
    std::vector<doubt> in_doubt = std::move(saturated.in_doubt);
    std::cout << "capacity: " << static_cast<std::uint64_t>(saturated.succeeded)
              << " requests/s, every connection always busy" << std::endl;
    json::array curve;
    for (const unsigned percent : percents) {
        if (saturated.succeeded <= 0) {
            break;
        }
        plan.rate = saturated.succeeded * percent / 100;
        const measured_step step = run_step(here, record, plan, percent);
        print(std::cout, step);
        curve.push_back(describe(step));
        in_doubt.insert(in_doubt.end(), step.in_doubt.begin(), step.in_doubt.end());
    }
    judgement all;
    all.add("capacity", saturated.succeeded > 0, "above 0 requests/s",
            std::to_string(static_cast<std::uint64_t>(saturated.succeeded)));
    json::object summary{{"capacity", saturated.succeeded},
                         {"in_time_seconds", in_time.count()},
                         {"goodput", std::move(curve)}};
    summary["truth"] = record.compare(in_doubt, all);
    json::object asked = describe_asked(here);
    asked["connections"] = plan.connections;
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest
