#include "loadtest/scenarios/replay.hpp"

#include "loadtest/fleet.hpp"
#include "loadtest/replayer.hpp"
#include "loadtest/report.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

namespace doseline::loadtest {

namespace {

constexpr std::uint32_t connections_default = 16;

struct replay_counts {
    std::uint64_t same = 0;
    std::uint64_t lost = 0;
    std::uint64_t changed = 0;
    std::uint64_t unanswered = 0;

    std::uint64_t compared() const noexcept { return same + lost + changed; }
};

replay_counts sum(const std::vector<std::unique_ptr<replayer>>& replayers) {
    replay_counts all;
    for (const auto& r : replayers) {
        all.same += r->same.get();
        all.lost += r->gone.get();
        all.changed += r->changed.get();
        all.unanswered += r->unanswered.get();
    }
    return all;
}

std::ostream& operator<<(std::ostream& out, const replay_counts& n) {
    return out << "compared " << n.compared() << " lost " << n.lost << " changed " << n.changed;
}

}  // namespace

bool run_replay(const setting& here) {
    const std::uint32_t connections = here.asked.connections.value_or(connections_default);
    ack_reader acks(here.asked.acks);
    clinic_index clinics;
    for (std::uint32_t i = 0; i < here.clinics.size(); ++i) {
        clinics.emplace(here.clinics[i].code, i);
    }
    fleet ships(here, connections);
    const request_writer writer(here.target.text, here.clinics);
    std::vector<std::unique_ptr<replayer>> replayers;
    std::vector<actor*> actors;
    for (std::uint32_t i = 0; i < ships.threads(); ++i) {
        const std::uint32_t mine = std::max(1u, connections / ships.threads());
        replayers.push_back(std::make_unique<replayer>(ships.loop(i), writer, clinics, acks, mine));
        actors.push_back(replayers.back().get());
    }
    ships.run(actors, [&] { std::cerr << sum(replayers) << std::endl; });

    const replay_counts all = sum(replayers);
    const bool passed = all.lost + all.changed + all.unanswered + acks.unreadable() == 0;
    std::cout << all << std::endl;
    if (all.unanswered + acks.unreadable() != 0) {
        std::cout << "not compared: unanswered " << all.unanswered << " unreadable lines "
                  << acks.unreadable() << std::endl;
    }
    if (!here.asked.report.empty()) {
        write_summary(here.asked.report, {{"scenario", "replay"},
                                          {"target", here.target.text},
                                          {"compared", all.compared()},
                                          {"lost", all.lost},
                                          {"changed", all.changed},
                                          {"unanswered", all.unanswered},
                                          {"unreadable", acks.unreadable()},
                                          {"passed", passed}});
    }
    return passed;
}

}  // namespace doseline::loadtest
