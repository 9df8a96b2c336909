#include "loadtest/scenarios/hog.hpp"

#include "loadtest/clinic_load.hpp"
#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/hog_load.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/report.hpp"
#include "loadtest/truth.hpp"

#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

constexpr std::uint32_t hog_connections = 50;

// A patient in eight seconds at each desk, three calls each.
constexpr double calls_a_second = 3.0 / 8;

load_plan plan_of(const setting& here) {
    if (here.clinics.size() < 2) {
        throw std::runtime_error("a hog needs another clinic beside it");
    }
    load_plan plan;
    plan.threads = here.asked.threads;
    plan.connections =
        here.asked.connections.value_or(static_cast<std::uint32_t>(here.clinics.size() - 1));
    plan.rate = calls_a_second * plan.connections;
    plan.warmup = plan.length = here.asked.length / 2;
    plan.seed = here.asked.seed;
    return plan;
}

hog_figures figures_of(const load_result& others, const hog_load& hog, const load_plan& plan) {
    hog_figures seen;
    seen.p99_without_ms = others.p99_ms(lap::warmup);
    seen.p99_with_ms = others.p99_ms(lap::measured);
    for (const tally& t : others.tallies) {
        seen.others_refused += t.refused();
    }
    seen.seconds = std::chrono::duration<double>(plan.length).count();
    seen.sent = hog.sent.get();
    seen.served = hog.served.get();
    seen.capped = hog.capped.get();
    seen.unexpected = hog.unexpected.get();
    return seen;
}

json::object describe(const hog_figures& seen, const hog_load& hog) {
    return {{"others_p99_without_ms", seen.p99_without_ms},
            {"others_p99_with_ms", seen.p99_with_ms},
            {"others_refused", seen.others_refused},
            {"sent", seen.sent},
            {"served", seen.served},
            {"rate", seen.capped},
            {"wait", hog.waited.get()},
            {"other_answers", seen.unexpected},
            {"connections_lost", hog.cut_off.get()}};
}

void print(std::ostream& out, const hog_figures& seen, const hog_load& hog) {
    out << "the hog: sent " << seen.sent << ", served " << seen.served << ", refused RATE "
        << seen.capped << ", refused WAIT " << hog.waited.get() << ", connections lost "
        << hog.cut_off.get() << "\n"
        << "the others' p99: " << seen.p99_without_ms << " ms without it (above: warmup), "
        << seen.p99_with_ms << " ms beside it (above: measured)\n";
}

}  // namespace

bool run_hog(const setting& here) {
    const load_plan plan = plan_of(here);
    truth record(here);
    setting wide = here;
    ++wide.asked.threads;  // the hog has a thread of its own
    fleet ships(wide, plan.connections + hog_connections);
    const request_writer writer(here.target.text, here.clinics);
    const std::vector<clinic> others(here.clinics.begin(), here.clinics.end() - 1);
    starting_line line(plan.threads + 1);
    std::vector<std::unique_ptr<clinic_load>> loads;
    std::vector<actor*> actors;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<clinic_load>(ships.loop(i), writer, others, plan, i, line,
                                                      &record.record()));
        actors.push_back(loads.back().get());
    }
    const hog_plan greed{static_cast<std::uint32_t>(others.size()),
                         hog_connections,
                         here.asked.rate,
                         plan.warmup,
                         plan.length,
                         plan.seed};
    hog_load hog(ships.loop(plan.threads), writer, greed, line);
    actors.push_back(&hog);
    std::cout << "hog: " << plan.connections << " connections to " << here.target.text << ", "
              << plan.rate << " requests/s; beside them one clinic at " << greed.rate
              << " requests/s in the second half, seed " << plan.seed << std::endl;
    live_line watched(loads);
    ships.run(actors, [&] {
        std::cerr << watched.next() << "; the hog was refused " << hog.capped.get() << std::endl;
    });

    const load_result result(loads);
    hog_figures seen = figures_of(result, hog, plan);
    seen.floor_ms = here.asked.floor_ms;
    loadtest::print(std::cout, result, plan.rate);
    print(std::cout, seen, hog);
    judgement all;
    judge_load(result, here.asked.limit_ms, all);
    judge_hog(seen, all);
    json::object summary = loadtest::describe(result, plan.rate);
    summary["hog"] = describe(seen, hog);
    summary["truth"] = record.compare(result.in_doubt, all);
    json::object asked = describe_asked(here);
    asked["connections"] = plan.connections;
    asked["rate"] = here.asked.rate;
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest
