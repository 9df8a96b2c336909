#include "bench/measure.hpp"
#include "core/totals.hpp"
#include "storage/cut.hpp"

#include <atomic>
#include <memory>
#include <mutex>

// Claim: with one writer a shard, counting costs the same whatever other threads count, and less
// than any counter that several may write; and a sum that is exact at one moment is cheap enough
// to make dozens of times a second.
namespace doseline::bench {
namespace {

constexpr std::size_t threads_max = 4;

class sharded {
public:
    void add(std::size_t thread) noexcept { counters_.add(thread, 0); }
    std::uint64_t sum() const noexcept { return counters_.sum(0); }

private:
    core::sharded_counters counters_{threads_max, 1};
};

class one_atomic {
public:
    void add(std::size_t) noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t sum() const noexcept { return count_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> count_{0};
};

class mutexed {
public:
    void add(std::size_t) {
        const std::lock_guard lock(mutex_);
        ++count_;
    }
    std::uint64_t sum() {
        const std::lock_guard lock(mutex_);
        return count_;
    }

private:
    std::mutex mutex_;
    std::uint64_t count_ = 0;
};

// A line a thread, as sharded, but with the locked instruction that lets anybody write anywhere.
class striped {
public:
    void add(std::size_t thread) noexcept {
        stripes_[thread].count.fetch_add(1, std::memory_order_relaxed);
    }
    std::uint64_t sum() const noexcept {
        std::uint64_t total = 0;
        for (const stripe& s : stripes_) {
            total += s.count.load(std::memory_order_relaxed);
        }
        return total;
    }

private:
    struct alignas(64) stripe {
        std::atomic<std::uint64_t> count{0};
    };
    std::array<stripe, threads_max> stripes_;
};

template <class Counter>
void count(benchmark::State& state) {
    static std::unique_ptr<Counter> counter;  // all threads': made before and read after the loop
    const auto thread = static_cast<std::size_t>(state.thread_index());
    if (thread == 0) {
        counter = std::make_unique<Counter>();
    }
    for (auto _ : state) {
        counter->add(thread);
        benchmark::ClobberMemory();  // each add() for itself
    }
    state.SetItemsProcessed(state.iterations());
    if (thread == 0) {
        const std::uint64_t expected = static_cast<std::uint64_t>(state.iterations()) *
                                       static_cast<std::uint64_t>(state.threads());
        require(state, counter->sum() == expected, "counts were lost");
    }
}

BENCHMARK_TEMPLATE(count, sharded)
    ->DenseThreadRange(1, threads_max)
    ->UseRealTime()
    ->MinTime(0.1)
    ->Repetitions(5)
    ->ReportAggregatesOnly();
BENCHMARK_TEMPLATE(count, striped)
    ->DenseThreadRange(1, threads_max)
    ->UseRealTime()
    ->MinTime(0.1)
    ->Repetitions(5)
    ->ReportAggregatesOnly();
BENCHMARK_TEMPLATE(count, one_atomic)
    ->DenseThreadRange(1, threads_max)
    ->UseRealTime()
    ->MinTime(0.1)
    ->Repetitions(5)
    ->ReportAggregatesOnly();
BENCHMARK_TEMPLATE(count, mutexed)
    ->DenseThreadRange(1, threads_max)
    ->UseRealTime()
    ->MinTime(0.1)
    ->Repetitions(5)
    ->ReportAggregatesOnly();

// All of a cut: every reactor's snapshot and the sum, for that many regions.
void cut_and_sum(benchmark::State& state) {
    constexpr std::size_t reactors = 2;
    constexpr std::uint64_t doses = 100'000;
    const auto regions = static_cast<std::uint32_t>(state.range(0));
    core::dose_totals totals(reactors);
    for (std::uint64_t n = 0; n < doses; ++n) {
        totals.count(n % (reactors + 1),
                     {static_cast<std::uint32_t>(n % regions), 0, n % 10 != 0,
                      core::civil_day{std::chrono::days{17'000}}, static_cast<unsigned>(n % 24)});
    }
    core::dose_counts sum(regions);
    bool last_was_told = true;
    for (auto _ : state) {
        storage::cut cut(totals, doses, {}, regions, [](const storage::cut&) {});
        for (std::size_t r = 0; r < reactors; ++r) {
            const bool last = cut.reached(r);
            last_was_told = last_was_told && last == (r + 1 == reactors);
        }
        sum = cut.sum();
    }
    std::uint64_t counted = 0;
    std::uint64_t not_payable = 0;
    for (std::uint32_t r = 0; r < regions; ++r) {
        counted += sum.doses(r);
        not_payable += sum.not_payable(r, 0);
    }
    require(state, last_was_told, "the last reactor was not told that it is");
    require(state, counted == doses, "doses are missing in the sum");
    require(state, not_payable == doses / 10, "the sum has another number of doses not payable");
}

BENCHMARK(cut_and_sum)
    ->Arg(250)
    ->Arg(core::limits::regions_max)
    ->MinTime(0.1)
    ->Repetitions(5)
    ->ReportAggregatesOnly();

}  // namespace
}  // namespace doseline::bench
