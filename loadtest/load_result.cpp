#include "loadtest/load_result.hpp"

#include <algorithm>
#include <numeric>

namespace doseline::loadtest {

namespace {

double seconds(std::chrono::nanoseconds time) noexcept {
    return std::chrono::duration<double>(time).count();
}

void add_up(std::array<std::uint64_t, failures>& to, const std::array<live_count, failures>& from) {
    for (std::size_t i = 0; i < failures; ++i) {
        to[i] += from[i].get();
    }
}

}  // namespace

load_result::load_result(std::span<const std::unique_ptr<clinic_load>> loads) {
    for (const auto& load : loads) {
        add(*load);
    }
}

load_result::load_result(std::span<const load_counts* const> loads) {
    for (const load_counts* load : loads) {
        add(*load);
    }
}

void load_result::add(const load_counts& load) {
    for (std::size_t i = 0; i < laps; ++i) {
        tallies[i].merge(load.tallies[i]);
        planned[i] += load.planned[i];
    }
    connected += load.connected.get();
    abandoned += load.abandoned.get();
    add_up(not_opened, load.not_opened);
    add_up(lost_open, load.lost_open);
    connecting_seconds = std::max(connecting_seconds, seconds(load.connecting_time));
    measured_seconds = std::max(measured_seconds, seconds(load.measured_time));
    longest_silence = std::max(longest_silence, seconds(load.silence.longest()));
    series.merge(load.series);
    in_doubt.insert(in_doubt.end(), load.in_doubt.begin(), load.in_doubt.end());
    if (load.busy_window.count() > 0) {
        busiest_thread =
            std::max(busiest_thread, seconds(load.measured_cpu) / seconds(load.busy_window));
    }
}

histogram load_result::latency_of(lap which) const {
    histogram all;
    for (const histogram& h : tallies[static_cast<std::size_t>(which)].latency) {
        all.merge(h);
    }
    return all;
}

double load_result::p99_ms(lap which) const {
    return static_cast<double>(latency_of(which).at(0.99)) / 1e6;
}

std::uint64_t load_result::failed_connections() const noexcept {
    return std::accumulate(not_opened.begin(), not_opened.end(), abandoned);
}

std::uint64_t load_result::lost_connections() const noexcept {
    return std::accumulate(lost_open.begin(), lost_open.end(), std::uint64_t{0});
}

bool load_result::nothing_failed() const noexcept {
    const bool all_succeeded =
        std::equal(tallies.begin(), tallies.end(), planned.begin(),
                   [](const tally& t, std::uint64_t asked) { return t.succeeded() == asked; });
    return all_succeeded && failed_connections() == 0 && lost_connections() == 0;
}

}  // namespace doseline::loadtest
