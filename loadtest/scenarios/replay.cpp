#include "loadtest/scenarios/replay.hpp"

#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/hanging_up.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/replay_run.hpp"
#include "loadtest/report.hpp"
#include "loadtest/truth.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

constexpr std::uint32_t connections_default = 16;

bool replay_acks(const setting& here, std::uint32_t connections) {
    ack_reader acks(here.asked.acks);
    const replay_counts all = send_again(
        here, [&] { return acks.next(); }, connections, nullptr);
    std::cout << "compared " << all.compared() << " lost " << all.lost << " changed " << all.changed
              << std::endl;
    if (all.unanswered + acks.unreadable() != 0) {
        std::cout << "not compared: unanswered " << all.unanswered << " unreadable lines "
                  << acks.unreadable() << std::endl;
    }
    judgement found;
    found.expect_none("lost", all.lost);
    found.expect_none("changed", all.changed);
    found.expect_none("not compared", all.unanswered + acks.unreadable());
    return conclude(here, describe_asked(here),
                    {{"compared", all.compared()},
                     {"lost", all.lost},
                     {"changed", all.changed},
                     {"unanswered", all.unanswered},
                     {"unreadable", acks.unreadable()}},
                    found);
}

std::uint64_t sum_hung_up(const std::vector<std::unique_ptr<hanging_up>>& loads) {
    std::uint64_t sum = 0;
    for (const auto& load : loads) {
        sum += load->hung_up.get();
    }
    return sum;
}

bool hang_up_and_replay(const setting& here, std::uint32_t connections) {
    const auto registrations = static_cast<std::uint64_t>(
        here.asked.rate * std::chrono::duration<double>(here.asked.length).count());
    truth record(here);
    fleet ships(here, connections);
    const request_writer writer(here.target.text, here.clinics);
    std::vector<std::unique_ptr<hanging_up>> loads;
    std::vector<actor*> actors;
    std::vector<const load_counts*> counts;
    for (std::uint32_t i = 0; i < ships.threads(); ++i) {
        loads.push_back(
            std::make_unique<hanging_up>(ships.loop(i), writer, here.clinics, registrations,
                                         std::max(1u, connections / ships.threads()),
                                         here.asked.seed, ships.threads(), i, &record.record()));
        actors.push_back(loads.back().get());
        counts.push_back(loads.back().get());
    }
    std::cout << "replay: " << registrations << " registrations at " << here.target.text
              << ", hanging up on every third, seed " << here.asked.seed << std::endl;
    live_line watched(counts);
    ships.run(actors, [&] { std::cerr << watched.next() << std::endl; });

    const load_result result(counts);
    const std::uint64_t hung_up = sum_hung_up(loads);
    const tally& t = result.tallies[static_cast<std::size_t>(lap::measured)];
    judgement all;
    all.expect_none("connections that did not open", result.failed_connections());
    all.expect_none("connections lost", result.lost_connections());
    all.add("answered unless hung up on", t.succeeded() + hung_up == registrations,
            std::to_string(registrations), std::to_string(t.succeeded() + hung_up));
    all.add("hung up on", hung_up > 0 && result.in_doubt.size() == hung_up, "at least one",
            std::to_string(hung_up));
    json::object summary = describe(result, here.asked.rate);
    summary["truth"] = record.compare(result.in_doubt, all);
    const json::object& told = summary["truth"].get_object();
    std::cout << "hung up on " << hung_up << ": recorded all the same " << told.at("found_recorded")
              << ", not recorded " << told.at("found_unrecorded")
              << "; each sent again on two connections" << std::endl;
    return conclude(here, describe_asked(here), std::move(summary), all);
}

}  // namespace

bool run_replay(const setting& here) {
    const std::uint32_t connections = here.asked.connections.value_or(connections_default);
    return here.asked.acks.empty() ? hang_up_and_replay(here, connections)
                                   : replay_acks(here, connections);
}

}  // namespace doseline::loadtest
