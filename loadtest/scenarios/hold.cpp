#include "loadtest/scenarios/hold.hpp"

#include "loadtest/clinic_load.hpp"
#include "loadtest/conclusion.hpp"
#include "loadtest/connection_memory.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/load_result.hpp"
#include "loadtest/report.hpp"
#include "loadtest/truth.hpp"
#include "loadtest/usage.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

// Above this share of a core a thread answers late for reasons of its own.
constexpr double busy_share = 0.8;

constexpr double limit_ms_default = 150;

// Threads of their own for those who will be cut, in proportion.
void divide_threads(load_plan& plan) {
    const std::uint64_t limit = raise_descriptor_limit();
    const auto part =
        static_cast<std::uint32_t>(std::uint64_t{plan.threads} * plan.cut / plan.connections);
    plan.cut_threads = threads_for(std::max(1u, part), plan.cut, limit);
    const std::uint32_t rest = plan.threads - std::min(part, plan.threads - 1);
    plan.threads = plan.cut_threads + threads_for(rest, plan.connections - plan.cut, limit);
}

load_plan plan_of(const setting& here) {
    load_plan plan;
    plan.threads = here.asked.threads;
    plan.connections =
        here.asked.connections.value_or(static_cast<std::uint32_t>(here.clinics.size()));
    plan.rate = here.asked.rate;
    plan.warmup = here.asked.warmup;
    plan.length = here.asked.length;
    plan.reconnects = here.asked.reconnects;
    plan.cut = here.asked.cut;
    if (plan.cut >= plan.connections) {
        throw std::runtime_error("some of the --connections must be left after the --cut");
    }
    plan.seed = here.asked.seed;
    if (plan.cut > 0) {
        divide_threads(plan);
    }
    return plan;
}

json::object asked_of(const setting& here, const load_plan& plan) {
    json::object asked = describe_asked(here);
    asked["connections"] = plan.connections;
    asked["rate"] = plan.rate;
    asked["reconnects"] = plan.reconnects;
    asked["cut"] = plan.cut;
    asked["warmup_seconds"] = std::chrono::duration<double>(plan.warmup).count();
    return asked;
}

// What the numbers above cannot be blamed on the server for.
void print_client(std::ostream& out, const load_result& result, double bytes_each, fleet& ships) {
    out << "this client: busiest thread " << static_cast<int>(result.busiest_thread * 100)
        << " % of a core, " << static_cast<std::uint64_t>(bytes_each) << " bytes a connection\n";
    if (result.busiest_thread > busy_share) {
        out << "this client was too busy: part of the latency is its own; give it --threads\n";
    }
    for (std::uint32_t i = 0; i < ships.threads(); ++i) {
        if (!ships.loop(i).first_trouble().empty()) {
            out << "first trouble: " << ships.loop(i).first_trouble() << "\n";
            return;
        }
    }
}

double memory_each(std::uint64_t before, std::uint64_t after, std::uint64_t connections) {
    return static_cast<double>(after - std::min(before, after)) /
           static_cast<double>(std::max<std::uint64_t>(1, connections));
}

std::uint64_t count(const std::vector<std::unique_ptr<clinic_load>>& loads,
                    live_count clinic_load::*which) {
    std::uint64_t sum = 0;
    for (const auto& load : loads) {
        sum += ((*load).*which).get();
    }
    return sum;
}

cut_figures figures_of(const setting& here, const load_plan& plan, const load_result& result,
                       const std::vector<std::unique_ptr<clinic_load>>& loads,
                       const connection_memory& memory) {
    cut_figures seen;
    seen.p99_before_ms = result.p99_ms(lap::warmup);
    seen.p99_after_ms = result.p99_ms(lap::measured);
    seen.floor_ms = here.asked.floor_ms;
    seen.asked = plan.cut;
    seen.cut = count(loads, &clinic_load::cut);
    seen.memory = memory.rest_of(result.connected, seen.cut);
    return seen;
}

// Once a second: the last looks before the cut and after it, while the rest is there.
void watch_cut(const load_plan& plan, const std::vector<std::unique_ptr<clinic_load>>& loads,
               std::uint64_t open, connection_memory& memory) {
    if (count(loads, &clinic_load::finished) > 0) {
        return;
    }
    const std::uint64_t cut = count(loads, &clinic_load::cut);
    const std::uint64_t rest = plan.connections - plan.cut;
    if (plan.cut > 0 && cut == 0 && open > rest) {
        memory.before_cut();
    } else if (plan.cut > 0 && cut == plan.cut && open >= rest - rest / 100) {
        memory.after_cut();
    }
}

json::object describe(const cut_figures& seen) {
    json::object all{{"connections", seen.cut},
                     {"others_p99_before_ms", seen.p99_before_ms},
                     {"others_p99_after_ms", seen.p99_after_ms}};
    if (seen.memory) {
        all["server_bytes_needed_by_the_rest"] = seen.memory->needs;
        all["server_bytes_after"] = seen.memory->has;
    }
    return all;
}

}  // namespace

bool run_hold(const setting& here) {
    const load_plan plan = plan_of(here);
    truth record(here);
    connection_memory memory(here);
    setting wide = here;
    wide.asked.threads = plan.threads;
    fleet ships(wide, plan.connections);
    const std::uint64_t memory_before = resident_bytes();
    std::uint64_t memory_idle = memory_before;
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(plan.threads, [&] {
        memory.all_there();
        memory_idle = resident_bytes();
    });
    std::vector<std::unique_ptr<clinic_load>> loads;
    std::vector<actor*> actors;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<clinic_load>(ships.loop(i), writer, here.clinics, plan, i,
                                                      line, &record.record()));
        actors.push_back(loads.back().get());
    }
    std::cout << "hold: " << plan.connections << " connections to " << here.target.text << ", "
              << plan.rate << " requests/s, seed " << plan.seed << ", threads " << plan.threads
              << std::endl;
    live_line watched(loads);
    ships.run(actors, [&] {
        watch_cut(plan, loads, ships.connections_now(), memory);
        std::cerr << watched.next() << std::endl;
    });

    const load_result result(loads);
    const double bytes_each = memory_each(memory_before, memory_idle, result.connected);
    const json::object server_memory = memory.describe(result.connected);
    print(std::cout, result, plan.rate);
    print_client(std::cout, result, bytes_each, ships);
    print_memory(std::cout, server_memory);
    judgement all;
    judge_load(result, here.asked.limit_ms.value_or(limit_ms_default), all);
    json::object summary = loadtest::describe(result, plan.rate);
    const std::uint64_t returned = count(loads, &clinic_load::returned);
    summary["returned"] = returned;
    if (plan.reconnects > 0) {
        std::cout << "lost on purpose and back: " << returned << "\n";
    }
    if (plan.cut > 0) {
        const cut_figures seen = figures_of(here, plan, result, loads, memory);
        judge_cut(seen, all);
        summary["cut"] = describe(seen);
    }
    summary["client_bytes_per_connection"] = bytes_each;
    summary["memory"] = server_memory;
    summary["truth"] = record.compare(result.in_doubt, all);
    return conclude(here, asked_of(here, plan), std::move(summary), all);
}

}  // namespace doseline::loadtest
