#include "loadtest/scenarios/reconnect.hpp"

#include "loadtest/clinic_load.hpp"
#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/report.hpp"
#include "loadtest/storm_load.hpp"
#include "loadtest/truth.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

constexpr std::uint32_t working_default_max = 5'000;

// What all threads of a storm saw; for after it.
struct storm_seen {
    std::uint64_t clients = 0;
    std::uint64_t in = 0;
    std::uint64_t back = 0;
    std::uint64_t full = 0;
    std::uint64_t came_again = 0;
    std::uint64_t told_to_wait = 0;
    std::uint64_t dropped = 0;
    std::uint64_t unexpected = 0;
    double seconds = 0;  // until the last one was back
    histogram times;
};

storm_seen sum(std::uint64_t clients, const std::vector<std::unique_ptr<storm_load>>& storms) {
    storm_seen all;
    all.clients = clients;
    for (const auto& s : storms) {
        all.in += s->in.get();
        all.back += s->back.get();
        all.full += s->full.get();
        all.came_again += s->came_again.get();
        all.told_to_wait += s->told_to_wait.get();
        all.dropped += s->dropped.get();
        all.unexpected += s->unexpected.get();
        all.seconds = std::max(all.seconds, std::chrono::duration<double>(s->all_back).count());
        all.times.merge(s->times_back);
    }
    return all;
}

json::object describe(const storm_seen& s) {
    return {
        {"clients", s.clients},      {"in_before", s.in},          {"back", s.back},
        {"full_handshakes", s.full}, {"came_again", s.came_again}, {"told_to_wait", s.told_to_wait},
        {"dropped", s.dropped},      {"seconds", s.seconds},       {"back_ms", describe(s.times)}};
}

void print(std::ostream& out, std::string_view when, const storm_seen& s) {
    const auto ms = [&](double share) { return static_cast<double>(s.times.at(share)) / 1e6; };
    out << when << ": " << s.back << " of " << s.clients << " back in " << s.seconds
        << " s (half in " << ms(0.5) << " ms, 99 % in " << ms(0.99) << " ms), " << s.full
        << " of these by a full "
        << "handshake; tries again " << s.came_again << ", told to wait " << s.told_to_wait
        << std::endl;
}

struct storm_run {
    storm_seen storm;
    std::unique_ptr<load_result> working;  // null: nobody worked
};

// A storm beside the working ones, who begin their plan's measured lap with it; nobody works
// where there is no plan.
storm_run run_storm(const setting& here, truth& record, const load_plan* plan, std::uint64_t seed) {
    const std::uint64_t limit = raise_descriptor_limit();
    storm_plan storm;
    storm.clients = here.asked.storm;
    storm.threads = std::min(threads_for(here.asked.threads, storm.clients, limit), storm.clients);
    storm.begins = plan != nullptr ? plan->warmup : std::chrono::nanoseconds{0};
    storm.stays = plan != nullptr ? plan->length : std::chrono::nanoseconds{0};
    storm.seed = seed;
    const std::uint32_t workers = plan != nullptr ? plan->threads : 0;
    setting wide = here;
    wide.asked.threads = storm.threads + workers;
    fleet ships(wide, storm.clients + (plan != nullptr ? plan->connections : 0));
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(wide.asked.threads);
    std::vector<std::unique_ptr<clinic_load>> loads;
    std::vector<std::unique_ptr<storm_load>> storms;
    std::vector<actor*> actors;
    for (std::uint32_t i = 0; i < workers; ++i) {
        loads.push_back(std::make_unique<clinic_load>(ships.loop(i), writer, here.clinics, *plan, i,
                                                      line, &record.record()));
        actors.push_back(loads.back().get());
    }
    for (std::uint32_t i = 0; i < storm.threads; ++i) {
        storms.push_back(std::make_unique<storm_load>(ships.loop(workers + i), writer, here.clinics,
                                                      storm, i, line));
        actors.push_back(storms.back().get());
    }
    live_line watched(loads);
    ships.run(actors, [&] {
        std::uint64_t in = 0;
        std::uint64_t back = 0;
        for (const auto& s : storms) {
            in += s->in.get();
            back += s->back.get();
        }
        std::cerr << watched.next() << "; of the storm in " << in << ", back " << back << std::endl;
    });
    return {sum(storm.clients, storms),
            plan != nullptr ? std::make_unique<load_result>(loads) : nullptr};
}

load_plan plan_of(const setting& here, double alone_seconds) {
    load_plan plan;
    plan.connections = here.asked.connections.value_or(
        std::min(working_default_max, static_cast<std::uint32_t>(here.clinics.size())));
    plan.threads =
        std::min(threads_for(here.asked.threads, plan.connections, raise_descriptor_limit()),
                 plan.connections);
    plan.rate = here.asked.rate;
    plan.warmup = here.asked.length;
    // As long as the storm may take.
    plan.length = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(storm_seconds_max(alone_seconds)));
    plan.seed = here.asked.seed;
    return plan;
}

storm_figures figures_of(const setting& here, const storm_seen& alone, const storm_run& beside) {
    storm_figures seen;
    seen.p99_before_ms = beside.working->p99_ms(lap::warmup);
    seen.p99_during_ms = beside.working->p99_ms(lap::measured);
    seen.floor_ms = here.asked.floor_ms;
    seen.alone_seconds = alone.seconds;
    seen.seconds = beside.storm.seconds;
    seen.clients = beside.storm.clients;
    seen.in_before = std::min(alone.in, beside.storm.in);
    seen.back_alone = alone.back;
    seen.back = beside.storm.back;
    seen.dropped = alone.dropped + beside.storm.dropped;
    seen.unexpected = alone.unexpected + beside.storm.unexpected;
    return seen;
}

}  // namespace

bool run_reconnect(const setting& here) {
    truth record(here);
    std::cout << "reconnect: " << here.asked.storm << " clients of " << here.target.text
              << " come back at once, a quarter of them by full handshakes, seed "
              << here.asked.seed << std::endl;
    const storm_seen alone = run_storm(here, record, nullptr, here.asked.seed + 1).storm;
    print(std::cout, "with nobody working", alone);
    const load_plan plan = plan_of(here, alone.seconds);
    std::cout << "the same beside " << plan.connections << " that work, " << plan.rate
              << " requests/s" << std::endl;
    const storm_run beside = run_storm(here, record, &plan, here.asked.seed + 2);
    print(std::cout, "beside those who work", beside.storm);

    const storm_figures seen = figures_of(here, alone, beside);
    print(std::cout, *beside.working, plan.rate);
    std::cout << "the working ones' p99: " << seen.p99_before_ms << " ms before (above: warmup), "
              << seen.p99_during_ms << " ms in the "
              << std::chrono::duration<double>(plan.length).count()
              << " s from the cut (above: measured)\n";
    judgement all;
    judge_load(*beside.working, std::nullopt, all);
    judge_storm(seen, all);
    json::object summary = describe(*beside.working, plan.rate);
    summary["storm_alone"] = describe(alone);
    summary["storm"] = describe(beside.storm);
    summary["working_p99_before_ms"] = seen.p99_before_ms;
    summary["working_p99_during_ms"] = seen.p99_during_ms;
    summary["truth"] = record.compare(beside.working->in_doubt, all);
    json::object asked = describe_asked(here);
    asked["connections"] = plan.connections;
    asked["rate"] = plan.rate;
    asked["storm"] = here.asked.storm;
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest
