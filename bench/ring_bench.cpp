#include "bench/measure.hpp"
#include "core/spsc_ring.hpp"
#include "storage/port.hpp"

#include <mutex>
#include <thread>

// Claim: a command crosses between two threads for about what its copying costs, whether by the
// ring or by a vector under a mutex that the consumer empties in one go; so the ring is chosen
// because no thread ever waits for another to let go of a lock, and costs nothing for it. Bare
// numbers show the ring's worst: a consumer at the producer's heels fetches each value across the
// cores, while the mutex makes it wait and then hands over many. Both are bounded alike.
namespace doseline::bench {
namespace {

constexpr std::size_t capacity = core::limits::inbox_commands_max;

template <class T>
class ring_queue {
public:
    bool push(T&& value) { return ring_.push(std::move(value)); }
    template <class Take>
    std::size_t take_all(Take&& take) {
        std::size_t taken = 0;
        T value;
        while (ring_.pop(value)) {
            take(value);
            ++taken;
        }
        return taken;
    }

private:
    core::spsc_ring<T> ring_{capacity};
};

template <class T>
class mutex_queue {
public:
    bool push(T&& value) {
        const std::lock_guard lock(mutex_);
        if (values_.size() == capacity) {
            return false;
        }
        values_.push_back(std::move(value));
        return true;
    }
    template <class Take>
    std::size_t take_all(Take&& take) {
        mine_.clear();
        {
            const std::lock_guard lock(mutex_);
            mine_.swap(values_);
        }
        for (T& value : mine_) {
            take(value);
        }
        return mine_.size();
    }

private:
    std::mutex mutex_;
    std::vector<T> values_;
    std::vector<T> mine_;  // the consumer's
};

void number(std::uint64_t& value, std::uint64_t n) { value = n; }
std::uint64_t number_of(const std::uint64_t& value) { return value; }
void number(storage::submission& value, std::uint64_t n) {
    value.ticket = n;
    value.command.emplace<core::register_dose>();
}
std::uint64_t number_of(const storage::submission& value) { return value.ticket; }

struct sent {
    double seconds = 0;
    std::uint64_t sum = 0;
    bool in_order = true;
};

// Sends 1, 2, ... values from a thread of its own to this one.
template <class Queue, class T>
sent send(std::uint64_t values) {
    Queue queue;
    sent result;
    const auto began = bench_clock::now();
    std::thread producer([&] {
        for (std::uint64_t n = 1; n <= values; ++n) {
            T value;
            number(value, n);
            while (!queue.push(std::move(value))) {
                std::this_thread::yield();
            }
        }
    });
    for (std::uint64_t taken = 0; taken < values;) {
        const std::size_t now = queue.take_all([&](const T& value) {
            ++taken;
            result.in_order = result.in_order && number_of(value) == taken;
            result.sum += number_of(value);
        });
        if (now == 0) {
            std::this_thread::yield();
        }
    }
    producer.join();
    result.seconds = seconds_since(began);
    return result;
}

// Ring and mutex in turn, so that what else the machine does meets both alike.
template <class T>
void queues(benchmark::State& state, std::uint64_t values) {
    std::vector<double> by_ring;
    std::vector<double> by_mutex;
    for (auto _ : state) {
        const sent ring = send<ring_queue<T>, T>(values);
        const sent mutex = send<mutex_queue<T>, T>(values);
        by_ring.push_back(ring.seconds);
        by_mutex.push_back(mutex.seconds);
        for (const sent& s : {ring, mutex}) {
            require(state, s.sum == values * (values + 1) / 2, "a value was lost or came twice");
            require(state, s.in_order, "values changed places");
        }
        state.SetIterationTime(ring.seconds);
    }
    const auto each = static_cast<double>(values);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values));
    state.counters["median_per_s"] = each / median(by_ring);
    state.counters["mutex_per_s"] = each / median(by_mutex);
    state.counters["gain"] = median(by_mutex) / median(by_ring);
}

void numbers(benchmark::State& state) { queues<std::uint64_t>(state, 500'000); }
void commands(benchmark::State& state) { queues<storage::submission>(state, 50'000); }

BENCHMARK(numbers)->UseManualTime()->Iterations(40)->Repetitions(5)->ReportAggregatesOnly();
BENCHMARK(commands)->UseManualTime()->Iterations(40)->Repetitions(5)->ReportAggregatesOnly();

}  // namespace
}  // namespace doseline::bench
