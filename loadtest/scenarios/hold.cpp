#include "loadtest/scenarios/hold.hpp"

#include "loadtest/clinic_load.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/load_result.hpp"
#include "loadtest/proof.hpp"
#include "loadtest/report.hpp"
#include "loadtest/usage.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

// Above this share of a core a thread answers late for reasons of its own.
constexpr double busy_share = 0.8;

load_plan plan_of(const setting& here) {
    load_plan plan;
    plan.threads = here.asked.threads;
    plan.connections =
        here.asked.connections.value_or(static_cast<std::uint32_t>(here.clinics.size()));
    plan.rate = here.asked.rate;
    plan.warmup = here.asked.warmup;
    plan.length = here.asked.length;
    plan.seed = here.asked.seed;
    return plan;
}

json::object asked_of(const setting& here, const load_plan& plan) {
    return {{"target", here.target.text},
            {"clinics", here.clinics.size()},
            {"connections", plan.connections},
            {"rate", plan.rate},
            {"seconds", std::chrono::duration<double>(plan.length).count()},
            {"warmup_seconds", std::chrono::duration<double>(plan.warmup).count()},
            {"threads", plan.threads},
            {"seed", plan.seed}};
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

double memory_since(std::uint64_t before, std::uint64_t connections) {
    const std::uint64_t now = resident_bytes();
    return static_cast<double>(now - std::min(before, now)) /
           static_cast<double>(std::max<std::uint64_t>(1, connections));
}

}  // namespace

bool run_hold(const setting& here) {
    const load_plan plan = plan_of(here);
    fleet ships(here, plan.connections);
    const std::uint64_t memory_before = resident_bytes();
    std::unique_ptr<ack_writer> acks;
    if (!here.asked.acks.empty()) {
        acks = std::make_unique<ack_writer>(here.asked.acks);
    }
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(plan.threads);
    std::vector<std::unique_ptr<clinic_load>> loads;
    std::vector<actor*> actors;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<clinic_load>(ships.loop(i), writer, here.clinics, plan, i,
                                                      line, acks.get()));
        actors.push_back(loads.back().get());
    }
    std::cout << "hold: " << plan.connections << " connections to " << here.target.text << ", "
              << plan.rate << " requests/s, seed " << plan.seed << ", threads " << plan.threads
              << std::endl;
    live_line watched(loads);
    ships.run(actors, [&] { std::cerr << watched.next() << std::endl; });

    const load_result result(loads);
    const double bytes_each = memory_since(memory_before, result.connected);
    const proof proven = ask_for_proof(here);
    const bool passed = result.nothing_failed() && proven.holds;
    print(std::cout, result, plan.rate);
    print_client(std::cout, result, bytes_each, ships);
    std::cout << proven.line << "\n" << (passed ? "nothing failed" : "FAILED") << std::endl;
    if (!here.asked.report.empty()) {
        json::object summary = describe(result, plan.rate);
        summary["scenario"] = "hold";
        summary["asked"] = asked_of(here, plan);
        summary["client_bytes_per_connection"] = bytes_each;
        summary["proof"] = proven.given;
        summary["passed"] = passed;
        write_summary(here.asked.report, summary);
    }
    return passed;
}

}  // namespace doseline::loadtest
