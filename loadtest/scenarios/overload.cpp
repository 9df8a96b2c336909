#include "loadtest/scenarios/overload.hpp"

#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/overload_load.hpp"
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

constexpr std::array<unsigned, 9> percents{50, 75, 100, 120, 150, 200, 300, 500, 1'000};
constexpr unsigned afterwards_percent = 50;
// While the load changes, everybody who is to wait must be told so first, each at some cost; that
// is judged by itself. Afterwards nobody is to wait any more, so there it is shorter.
constexpr std::chrono::seconds changing{2};
constexpr std::chrono::seconds normal_again{1};
constexpr std::uint32_t connections_default_max = 10'000;
constexpr std::uint32_t saturating_connections_max = 256;  // else they are shed
constexpr double limit_ms_default = 250;

// More than any server answers, so that every connection always has its next request.
constexpr double saturating_rate = 100'000;

using loads_of_threads = std::vector<std::unique_ptr<overload_load>>;

// Requests a second when every connection is always busy.
double measure_capacity(const setting& here, truth& record, std::uint32_t connections,
                        std::vector<doubt>& in_doubt) {
    load_plan plan;
    plan.threads = here.asked.threads;
    plan.connections = std::min(connections, saturating_connections_max);
    plan.length = here.asked.length;
    plan.rate = saturating_rate;
    plan.seed = here.asked.seed + 1;  // other people
    fleet ships(here, plan.connections);
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(plan.threads);
    std::vector<std::unique_ptr<clinic_load>> loads;
    std::vector<actor*> actors;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<clinic_load>(ships.loop(i), writer, here.clinics, plan, i,
                                                      line, &record.record()));
        actors.push_back(loads.back().get());
    }
    ships.run(actors, [] {});
    load_result result(loads);
    in_doubt = std::move(result.in_doubt);
    return static_cast<double>(
               result.tallies[static_cast<std::size_t>(lap::measured)].succeeded()) /
           std::max(1e-9, result.measured_seconds);
}

overload_plan plan_of(const setting& here, std::uint32_t connections, double capacity) {
    overload_plan plan;
    plan.threads = here.asked.threads;
    plan.connections = connections;
    plan.seed = here.asked.seed + 2;
    plan.come_again = !here.asked.no_retry;
    const auto add = [&](unsigned percent, std::chrono::nanoseconds until_it_counts) {
        const double rate = capacity * percent / 100;
        plan.steps.push_back({percent, rate, until_it_counts, true});
        plan.steps.push_back({percent, rate, here.asked.length, false});
    };
    for (unsigned round = 0; round < here.asked.rounds; ++round) {
        for (const unsigned percent : percents) {
            add(percent, changing);
        }
    }
    add(afterwards_percent, normal_again);
    return plan;
}

// What all threads did in steps of one load.
struct step_seen {
    measured_step judged;
    json::object described;
};

step_seen sum(const overload_plan& plan, const std::vector<std::size_t>& steps,
              const loads_of_threads& loads) {
    double seconds = 0;
    histogram accepted;
    histogram refusals;
    for (const std::size_t step : steps) {
        seconds += std::chrono::duration<double>(plan.steps[step].length).count();
        for (const auto& load : loads) {
            accepted.merge(load->steps[step].accepted);
            refusals.merge(load->steps[step].refusals);
        }
    }
    const auto each_second = [&](live_count step_counts::*which) {
        std::uint64_t all = 0;
        for (const std::size_t step : steps) {
            for (const auto& load : loads) {
                all += (load->steps[step].*which).get();
            }
        }
        return static_cast<double>(all) / seconds;
    };
    step_seen seen;
    measured_step& m = seen.judged;
    m.percent = plan.steps[steps.front()].percent;
    m.changing = plan.steps[steps.front()].changing;
    m.offered = each_second(&step_counts::offered);
    m.late = each_second(&step_counts::late);
    m.sent = each_second(&step_counts::sent);
    m.registered = each_second(&step_counts::registered);
    m.refused = each_second(&step_counts::refused);
    m.failed = each_second(&step_counts::failed);
    m.accepted_p99_ms = static_cast<double>(accepted.at(0.99)) / 1e6;
    m.refusal_p99_ms = static_cast<double>(refusals.at(0.99)) / 1e6;
    seen.described = {{"percent", m.percent},
                      {"offered", m.offered},
                      {"late", m.late},
                      {"sent", m.sent},
                      {"sent_again", each_second(&step_counts::sent_again)},
                      {"succeeded", m.registered + each_second(&step_counts::checked)},
                      {"registered", m.registered},
                      {"goodput", each_second(&step_counts::in_time)},
                      {"refused", m.refused},
                      {"failed", m.failed},
                      {"latency_ms", describe(accepted)},
                      {"refusal_ms", describe(refusals)}};
    return seen;
}

void print(std::ostream& out, const step_seen& seen) {
    const auto whole = [&](std::string_view name) {
        return static_cast<std::uint64_t>(seen.described.at(name).get_double() + 0.5);
    };
    out << "  " << seen.judged.percent << (seen.judged.changing ? " %, at first" : " %")
        << ": offered " << whole("offered") << "/s (of which this client was late for "
        << whole("late") << "/s), sent " << whole("sent") << "/s (again " << whole("sent_again")
        << "/s), succeeded " << whole("succeeded") << "/s, of these registrations "
        << whole("registered") << "/s, within a second " << whole("goodput") << "/s, refused "
        << whole("refused") << "/s, failed " << whole("failed") << "/s; p99 accepted "
        << seen.judged.accepted_p99_ms << " ms, refused " << seen.judged.refusal_p99_ms << " ms"
        << std::endl;
}

// Tells each step. What is judged, and described, are the steps of one load together: the
// processors of a machine that others use, too, are not always as fast, and one step of several
// tells more of its moment than of its load. What comes afterwards stands by itself.
std::vector<measured_step> describe_steps(const overload_plan& plan, const loads_of_threads& loads,
                                          json::array& into) {
    const std::size_t afterwards = plan.steps.size() - 2;
    const std::size_t round = 2 * percents.size();
    for (std::size_t i = 0; i < plan.steps.size(); ++i) {
        print(std::cout, sum(plan, {i}, loads));
    }
    std::vector<measured_step> judged;
    for (std::size_t first = 0; first < round; ++first) {
        std::vector<std::size_t> of_one_load;
        for (std::size_t i = first; i < afterwards; i += round) {
            of_one_load.push_back(i);
        }
        step_seen seen = sum(plan, of_one_load, loads);
        judged.push_back(seen.judged);
        if (!seen.judged.changing) {
            into.push_back(std::move(seen.described));
        }
    }
    for (const std::size_t i : {afterwards, afterwards + 1}) {
        judged.push_back(sum(plan, {i}, loads).judged);
    }
    return judged;
}

// All steps; their description, and what was found.
json::array climb(const setting& here, truth& record, const overload_plan& plan,
                  std::vector<doubt>& in_doubt, judgement& all) {
    fleet ships(here, plan.connections);
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(plan.threads);
    loads_of_threads loads;
    std::vector<actor*> actors;
    std::vector<const load_counts*> counts;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<overload_load>(ships.loop(i), writer, here.clinics, plan,
                                                        i, line, record.record()));
        actors.push_back(loads.back().get());
        counts.push_back(loads.back().get());
    }
    live_line watched(counts);
    ships.run(actors, [&] { std::cerr << watched.next() << std::endl; });
    const load_result result(counts);
    in_doubt.insert(in_doubt.end(), result.in_doubt.begin(), result.in_doubt.end());
    json::array curve;
    const std::vector<measured_step> steps = describe_steps(plan, loads, curve);
    all.expect_none("connections that did not open", result.failed_connections());
    all.expect_none("connections lost", result.lost_connections());
    if (std::ranges::all_of(steps, [](const measured_step& s) { return s.refused == 0; })) {
        std::cout << "nothing was refused: this client never brought more than the server does"
                  << std::endl;
    }
    judge_overload(steps, here.asked.goodput_percent / 100,
                   here.asked.limit_ms.value_or(limit_ms_default), all);
    return curve;
}

}  // namespace

bool run_overload(const setting& here) {
    const std::uint32_t connections = here.asked.connections.value_or(
        std::min(connections_default_max, static_cast<std::uint32_t>(here.clinics.size())));
    truth record(here);
    std::cout << "overload: " << connections << " connections to " << here.target.text << ", seed "
              << here.asked.seed << ", threads " << here.asked.threads << std::endl;
    std::vector<doubt> in_doubt;
    const double capacity = measure_capacity(here, record, connections, in_doubt);
    std::cout << "capacity: " << static_cast<std::uint64_t>(capacity)
              << " requests/s, every connection always busy" << std::endl;
    judgement all;
    all.add("capacity", capacity > 0, "above 0 requests/s",
            std::to_string(static_cast<std::uint64_t>(capacity)));
    json::object summary{{"capacity", capacity}, {"in_time_seconds", 1}};
    if (capacity > 0) {
        summary["goodput"] =
            climb(here, record, plan_of(here, connections, capacity), in_doubt, all);
    }
    summary["truth"] = record.compare(in_doubt, all);
    json::object asked = describe_asked(here);
    asked["connections"] = connections;
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest
