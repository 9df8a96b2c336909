#pragma once

#include "loadtest/clinic_load.hpp"
#include "loadtest/tally.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace doseline::loadtest {

// What all threads of a load saw together.
struct load_result {
    // REQUIRES: the loads have finished and their threads have been joined.
    explicit load_result(std::span<const std::unique_ptr<clinic_load>> loads);
    explicit load_result(std::span<const load_counts* const> loads);

    std::array<tally, laps> tallies;
    std::array<std::uint64_t, laps> planned{};
    std::uint64_t connected = 0;
    std::uint64_t abandoned = 0;
    std::array<std::uint64_t, failures> not_opened{};
    std::array<std::uint64_t, failures> lost_open{};
    double connecting_seconds = 0;
    double measured_seconds = 0;  // of the slowest thread
    double busiest_thread = 0;    // CPU share of it while sending, 0..1
    double longest_silence = 0;   // seconds, see silence_watch
    time_series series;           // of the measured lap
    std::vector<doubt> in_doubt;  // registrations that were sent and never answered

    // One thread's part, which has finished.
    void add(const load_counts& load);

    // Of the lap's successes, of every kind, in nanoseconds.
    histogram latency_of(lap which) const;
    double p99_ms(lap which) const;

    std::uint64_t failed_connections() const noexcept;
    std::uint64_t lost_connections() const noexcept;

    // Every connection held and every request of every lap answered as hoped: refusals fail, too.
    bool nothing_failed() const noexcept;
};

}  // namespace doseline::loadtest
