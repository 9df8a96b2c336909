#pragma once

#include "loadtest/request.hpp"
#include "loadtest/sparse_histogram.hpp"
#include "loadtest/tally.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace doseline::loadtest {

// What happened in each second of a load. A request is planned in the second in which it was due
// and sent, answered or given up in the one in which that happened; its latency belongs to the
// second in which it was due, so that a server which stands still for two seconds shows up to two
// seconds for everything due in them.
//
// A run of any length takes bounded memory: beyond samples_max samples every two become one.
//
// Thread safety: none; every thread keeps its own and the sums are merged afterwards.
class time_series {
public:
    static constexpr std::size_t samples_max = 1'024;

    struct sample {
        std::uint64_t planned = 0;
        std::uint64_t sent = 0;
        std::uint64_t succeeded = 0;
        std::uint64_t refused = 0;
        std::uint64_t failed = 0;
        sparse_histogram latency;  // nanoseconds from the planned time, of successes

        void merge(const sample& other);
    };

    // When the first sample begins; without it, with the first request. What is earlier is counted
    // in the first sample.
    void begin(time_point origin) noexcept { origin_ = origin; }

    void sent(time_point due, time_point now);
    void ended(outcome how, time_point due, time_point now);  // also of what was never sent

    void merge(const time_series& other);

    std::optional<time_point> origin() const noexcept { return origin_; }
    std::chrono::seconds width() const noexcept { return width_; }  // of a sample: 1, 2, 4 ...
    const std::vector<sample>& samples() const noexcept { return samples_; }

private:
    sample& sample_at(time_point when);
    void widen();

    std::optional<time_point> origin_;
    std::chrono::seconds width_{1};
    std::vector<sample> samples_;
};

// {"begin_at" (seconds of the monotonic clock), "width_seconds", and arrays of the same length: "t"
// (seconds from the origin to the begin of the sample), "planned" "sent" "succeeded" "refused"
// "failed" a second, "p50" "p99" "max" in milliseconds, null where nothing that was due then
// succeeded}. Seconds after `end` are what was answered late.
boost::json::object describe(const time_series& series);

}  // namespace doseline::loadtest
