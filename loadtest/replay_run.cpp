#include "loadtest/replay_run.hpp"

#include "loadtest/fleet.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <vector>

namespace doseline::loadtest {

namespace {

replay_counts sum(const std::vector<std::unique_ptr<replayer>>& replayers) {
    replay_counts all;
    for (const auto& r : replayers) {
        all.same += r->same.get();
        all.lost += r->gone.get();
        all.changed += r->changed.get();
        all.unanswered += r->unanswered.get();
        all.settled_before += r->settled_before.get();
        all.settled_now += r->settled_now.get();
    }
    return all;
}

}  // namespace

replay_counts send_again(const setting& here, const row_source& rows, std::uint32_t connections,
                         ack_writer* record) {
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
        replayers.push_back(
            std::make_unique<replayer>(ships.loop(i), writer, clinics, rows, mine, record));
        actors.push_back(replayers.back().get());
    }
    ships.run(actors, [&] {
        const replay_counts now = sum(replayers);
        std::cerr << "sent again and compared " << now.compared() << ", lost " << now.lost
                  << ", changed " << now.changed << std::endl;
    });
    return sum(replayers);
}

}  // namespace doseline::loadtest
