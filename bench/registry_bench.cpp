#include "bench/large_registry.hpp"
#include "bench/measure.hpp"

// Claim: one thread decides and applies more than a million registrations a second while ten
// million persons are known and each command meets another, random one. The naive way is the same
// without asking for the next commands' cache lines.
namespace doseline::bench {
namespace {

struct answers {
    std::uint64_t receipts = 0;
    std::uint64_t as_expected = 0;
};

// As the committer does with a batch; ahead 0: without prefetch.
void decide_and_apply(core::registry& registry, const std::vector<core::command>& commands,
                      core::moment now, core::sequence next, std::size_t ahead,
                      core::flag_set expected, core::decided& decided, answers& into) {
    registry.expire_holds(now.steady);
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (ahead != 0 && i + ahead < commands.size()) {
            registry.prefetch(commands[i + ahead]);
        }
        decided.clear();
        const core::outcome answer = registry.decide(commands[i], now, next, decided);
        for (const core::event& e : decided.events) {
            registry.apply(e, next++);
        }
        for (const core::audit_record& a : decided.audit) {
            registry.apply(a, now.steady);
        }
        if (const auto* receipt = std::get_if<core::dose_receipt>(&answer)) {
            ++into.receipts;
            into.as_expected += receipt->seq + 1 == next && receipt->flags == expected;
        }
    }
}

constexpr std::size_t as_committer = 4;  // commands ahead

// Batches with and without prefetch in turn, so that what else the machine does meets both alike.
void registrations(benchmark::State& state, bool known) {
    large_registry& large = large_registry::get();
    const core::flag_set expected = known ? bit(core::flag::already_vaccinated) : core::flag_set{0};
    constexpr std::size_t size = core::limits::batch_commands_max;
    std::vector<core::command> commands;
    core::decided decided;
    answers answered;
    std::uint64_t sent = 0;
    const auto batch = [&](std::size_t ahead) {
        const core::moment now{large.written.now(), 0};
        const core::sequence next = large.written.seq() + 1;
        commands.clear();
        for (std::size_t i = 0; i < size; ++i) {
            commands.emplace_back(large.written.next_command(known));
        }
        sent += size;
        const auto began = bench_clock::now();
        decide_and_apply(large.state, commands, now, next, ahead, expected, decided, answered);
        return seconds_since(began);
    };
    std::vector<double> prefetched;
    std::vector<double> naive;
    for (auto _ : state) {
        prefetched.push_back(batch(as_committer));
        naive.push_back(batch(0));
        state.SetIterationTime(prefetched.back());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(size));
    state.counters["median_per_s"] = size / median(prefetched);
    state.counters["naive_per_s"] = size / median(naive);
    state.counters["gain"] = median(naive) / median(prefetched);
    state.counters["persons"] = static_cast<double>(large.state.persons().size());
    require(state, answered.receipts == sent, "a registration was not recorded");
    require(state, answered.as_expected == sent, "a receipt has another number or other flags");
    const std::string difference = large.written.difference(large.state);
    require(state, difference.empty(), "the registry differs from the books: " + difference);
}

BENCHMARK_CAPTURE(registrations, new_person, false)
    ->UseManualTime()
    ->Iterations(80)
    ->Repetitions(5)
    ->ReportAggregatesOnly();
BENCHMARK_CAPTURE(registrations, known_person, true)
    ->UseManualTime()
    ->Iterations(40)
    ->Repetitions(5)
    ->ReportAggregatesOnly();

}  // namespace
}  // namespace doseline::bench
