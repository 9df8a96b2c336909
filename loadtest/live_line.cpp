#include "loadtest/live_line.hpp"

#include "loadtest/usage.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace doseline::loadtest {

namespace {

std::string rounded(double value) { return std::to_string(std::llround(value)); }

}  // namespace

live_line::live_line(std::vector<const load_counts*> loads)
    : loads_(std::move(loads)), last_cpu_(process_cpu_time()), last_at_(steady_clock::now()) {}

live_line::live_line(std::span<const std::unique_ptr<clinic_load>> loads)
    : last_cpu_(process_cpu_time()), last_at_(steady_clock::now()) {
    for (const auto& load : loads) {
        loads_.push_back(load.get());
    }
}

std::string live_line::next() {
    std::uint64_t connected = 0;
    std::uint64_t lost = 0;
    std::uint64_t sent = 0;
    std::uint64_t succeeded = 0;
    std::uint64_t refused = 0;
    std::uint64_t failed = 0;
    std::uint64_t answered = 0;
    for (const load_counts* load : loads_) {
        connected += load->connected.get();
        for (std::size_t i = 0; i < failures; ++i) {
            lost += load->lost_open[i].get() + load->not_opened[i].get();
        }
        for (const tally& t : load->tallies) {
            answered += t.finished() - t.count(outcome::unsent);
            sent += t.sent.get();
            succeeded += t.succeeded();
            refused += t.refused();
            failed += t.failed();
        }
    }
    const std::chrono::nanoseconds cpu = process_cpu_time();
    const time_point now = steady_clock::now();
    const std::chrono::duration<double> passed = now - last_at_;
    const std::chrono::duration<double> busy = cpu - std::exchange(last_cpu_, cpu);
    const auto rate = [&](std::uint64_t n, std::uint64_t& last) {
        return rounded(static_cast<double>(n - std::exchange(last, n)) / passed.count());
    };
    std::string line = "connected " + std::to_string(connected) + ", lost " + std::to_string(lost);
    line.append("; sent ").append(rate(sent, last_sent_)).append("/s, succeeded ");
    line.append(rate(succeeded, last_succeeded_)).append("/s; refused ");
    line.append(std::to_string(refused)).append(", failed ").append(std::to_string(failed));
    line.append(", in flight ").append(std::to_string(sent - std::min(sent, answered)));
    line.append("; client at ").append(rounded(busy.count() / passed.count() * 100));
    last_at_ = now;
    return line.append(" % of a core");
}

}  // namespace doseline::loadtest
