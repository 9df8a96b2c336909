#include "loadtest/slow_load.hpp"

#include "loadtest/usage.hpp"

#include <algorithm>
#include <string>

namespace doseline::loadtest {

namespace {

// Between two looks at the clock's end.
constexpr int steps_a_turn = 256;

constexpr double growth_max = 1.5;
constexpr double memory_growth_max = 1.15;
constexpr double mebi = 1'048'576;

// A server looks at its clock now and then, and this client looks whether it has.
constexpr double kept_longer_seconds = 3;

}  // namespace

slow_load::slow_load(const endpoint& server, const std::filesystem::path& authority,
                     const hostile_texts& texts, const slow_plan& plan, starting_line& line)
    : server_(server), tls_(authority, server), texts_(texts), plan_(plan), line_(line) {}

std::optional<time_point> slow_load::act(time_point now) {
    if (!begin_) {
        begin();
        now = steady_clock::now();
    }
    if (now >= *begin_ + plan_.length) {
        go_away(now);
        return std::nullopt;
    }
    for (int n = 0; n < steps_a_turn && due_.begin()->first <= now; ++n) {
        hostile_peer* const next = due_.begin()->second;
        due_.erase(due_.begin());
        due_.emplace(next->step(steady_clock::now()), next);
    }
    return std::min(due_.begin()->first, *begin_ + plan_.length);
}

// Each kind's peers begin one after the other within a second.
void slow_load::begin() {
    stand_back();
    begin_ = line_.wait() + plan_.begins;
    for (std::uint32_t i = 0; i < plan_.each; ++i) {
        const std::chrono::duration<double> after{double(i) / plan_.each};
        for (std::size_t kind = 0; kind < hostilities; ++kind) {
            hostile_peer& peer =
                peers_.emplace_back(static_cast<hostility>(kind), server_, tls_, texts_,
                                    scatter(plan_.seed) + i * hostilities + kind);
            due_.emplace(*begin_ + std::chrono::duration_cast<std::chrono::nanoseconds>(after),
                         &peer);
        }
    }
}

void slow_load::go_away(time_point now) {
    for (const hostile_peer& peer : peers_) {
        hostile_counts& n = seen[static_cast<std::size_t>(peer.kind())];
        n.opened += peer.opened();
        n.turned_away += peer.turned_away();
        n.longest_seconds =
            std::max(n.longest_seconds, std::chrono::duration<double>(peer.longest(now)).count());
    }
    due_.clear();
    peers_.clear();
}

void judge_slow(const slow_figures& seen, judgement& to) {
    to.expect_at_most("the others' 99 % beside them within", seen.p99_with_ms,
                      std::max(seen.p99_without_ms * growth_max, seen.floor_ms), "ms");
    for (std::size_t i = 0; i < hostilities; ++i) {
        const auto kind = static_cast<hostility>(i);
        const std::string name(name_of(kind));
        if (seen.peers[i].opened == 0) {
            to.add(name + ": connections", false, "at least one", "0");
        } else if (const auto most = kept_at_most(kind)) {
            to.expect_at_most(name + ": a connection lived", seen.peers[i].longest_seconds,
                              static_cast<double>(most->count()) + kept_longer_seconds, "s");
        }
    }
    if (!seen.traces) {
        return;
    }
    const slow_traces& t = *seen.traces;
    to.add("connections at the server when all have gone",
           t.connections_after <= t.connections_before,
           "at most " + std::to_string(t.connections_before), std::to_string(t.connections_after));
    if (t.memory_before > 0 && t.memory_after > 0) {
        to.expect_at_most("the server's memory then within",
                          static_cast<double>(t.memory_after) / mebi,
                          static_cast<double>(t.memory_before) * memory_growth_max / mebi, "MiB");
    }
}

}  // namespace doseline::loadtest
