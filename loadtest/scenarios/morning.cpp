#include "loadtest/scenarios/morning.hpp"

#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/morning_load.hpp"
#include "loadtest/report.hpp"
#include "loadtest/truth.hpp"

#include <array>
#include <cstdio>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

constexpr double limit_ms_default = 150;

using loads_of_threads = std::vector<std::unique_ptr<morning_load>>;

std::string clock_time(std::chrono::minutes at) {
    std::array<char, 32> text{};
    const auto minutes = static_cast<int>(at.count());
    std::snprintf(text.data(), text.size(), "%02d:%02d", minutes / 60, minutes % 60);
    return text.data();
}

// Patients planned and registered, by interval of the curve.
json::array describe_curve(const std::vector<curve_interval>& curve,
                           const loads_of_threads& loads) {
    json::array rows;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        std::uint64_t planned = 0;
        std::uint64_t registered = 0;
        for (const auto& load : loads) {
            planned += load->day().parts()[i].arrivals;
            registered += load->registered[i];
        }
        const auto& part = loads.front()->day().parts()[i];
        rows.push_back(json::object{{"from", clock_time(curve[i].from)},
                                    {"to", clock_time(curve[i].to)},
                                    {"seconds", std::chrono::duration<double>(part.length).count()},
                                    {"planned", planned},
                                    {"registered", registered}});
    }
    return rows;
}

void print_curve(std::ostream& out, const json::array& rows) {
    for (const json::value& row : rows) {
        const json::object& r = row.get_object();
        out << "  " << r.at("from").get_string().c_str() << "-" << r.at("to").get_string().c_str()
            << "  patients planned " << r.at("planned") << "  registered " << r.at("registered")
            << "\n";
    }
}

struct morning_counts {
    std::uint64_t patients = 0;
    std::uint64_t exceptions = 0;
    std::uint64_t mistyped = 0;
    std::uint64_t impatient = 0;
    std::uint64_t asked_again = 0;
};

morning_counts sum(const loads_of_threads& loads) {
    morning_counts all;
    for (const auto& load : loads) {
        all.patients += load->patients.get();
        all.exceptions += load->exceptions.get();
        all.mistyped += load->mistyped.get();
        all.impatient += load->impatient.get();
        all.asked_again += load->asked_again.get();
    }
    return all;
}

json::object describe(const morning_counts& n) {
    return {{"patients", n.patients},
            {"exceptions", n.exceptions},
            {"mistyped", n.mistyped},
            {"impatient", n.impatient},
            {"asked_again", n.asked_again}};
}

morning_plan plan_of(const setting& here) {
    morning_plan plan;
    plan.threads = here.asked.threads;
    plan.connections =
        here.asked.connections.value_or(static_cast<std::uint32_t>(here.clinics.size()));
    plan.curve = read_curve(here.asked.curve);
    plan.busiest_rate = here.asked.rate;
    plan.speed = here.asked.speed;
    plan.seed = here.asked.seed;
    if (plan.connections < plan.threads) {
        throw std::runtime_error("a morning needs a connection for each thread");
    }
    return plan;
}

}  // namespace

bool run_morning(const setting& here) {
    const morning_plan plan = plan_of(here);
    truth record(here);
    fleet ships(here, plan.connections);
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(plan.threads);
    loads_of_threads loads;
    std::vector<actor*> actors;
    std::vector<const load_counts*> counts;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<morning_load>(ships.loop(i), writer, here.clinics, plan, i,
                                                       line, &record.record()));
        actors.push_back(loads.back().get());
        counts.push_back(loads.back().get());
    }
    std::cout << "morning: " << plan.connections << " clinics at " << here.target.text << ", "
              << plan.busiest_rate << " patients/s in the busiest interval, "
              << std::chrono::duration<double>(loads.front()->day().length()).count() << " s, seed "
              << plan.seed << ", threads " << plan.threads << std::endl;
    live_line watched(counts);
    ships.run(actors, [&] { std::cerr << watched.next() << std::endl; });

    const load_result result(counts);
    const morning_counts people = sum(loads);
    const double rate =
        static_cast<double>(result.planned[static_cast<std::size_t>(lap::measured)]) /
        std::chrono::duration<double>(loads.front()->day().length()).count();
    json::object summary = loadtest::describe(result, rate);
    summary["people"] = describe(people);
    summary["curve"] = describe_curve(plan.curve, loads);
    print(std::cout, result, rate);
    print_curve(std::cout, summary["curve"].get_array());
    std::cout << "patients " << people.patients << ", exceptions " << people.exceptions
              << ", mistyped " << people.mistyped << ", hung up on and sent again "
              << people.impatient << ", refused and asked again " << people.asked_again << "\n";
    judgement all;
    judge_load(result, here.asked.limit_ms.value_or(limit_ms_default), all);
    summary["truth"] = record.compare(result.in_doubt, all);
    json::object asked = describe_asked(here);
    asked["connections"] = plan.connections;
    asked["rate"] = plan.busiest_rate;
    asked["speed"] = plan.speed;
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest
