#include "bench/large_registry.hpp"
#include "bench/measure.hpp"
#include "bench/scratch.hpp"
#include "storage/event_codec.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/recovery.hpp"

// Claim: a start replays more than a million events a second, with every seal of the chain checked.
// The naive way is to trust the file: decode and apply alone.
namespace doseline::bench {
namespace {

// Batches as they stand in a ledger, one behind the other in memory; read as the ledger on disk is.
class ledger_in_memory final : public storage::ledger_reader {
public:
    // What comes next in that season, in place of what was here.
    void fill(season& from, std::size_t batches, std::size_t size) {
        start_ = end_ = {from.seq(), end_.hash};
        batches_.resize(batches);
        for (sealed_batch& b : batches_) {
            b.records.clear();
            b.at = from.now();
            for (std::size_t i = 0; i < size; ++i) {
                storage::encode(core::event{from.next_event()}, b.records);
            }
            b.hash = hash_of(b, end_);
            end_ = {from.seq(), b.hash};
        }
    }
    const storage::stream_head& end() const noexcept { return end_; }
    void check_seals(bool on) noexcept { check_seals_ = on; }

    // For the audit, of which there is none.
    std::unique_ptr<ledger_reader> another() const override {
        return std::make_unique<ledger_in_memory>();
    }
    std::span<const storage::book_facts> books() const override { return {&book_, 1}; }
    storage::stream_heads heads() override { return {end_, {}}; }
    storage::stream_head before(storage::stream s, core::instant, core::sequence) override {
        return start(s);
    }

    storage::stream_head check_from(storage::stream s, const storage::stream_head& after,
                                    const visitor& visit, const sealed& at_seal) override {
        storage::stream_head head = after;
        if (s == storage::stream::audit) {
            return head;  // there is none
        }
        for (const sealed_batch& b : batches_) {
            const storage::digest found = check_seals_ ? hash_of(b, head) : b.hash;
            if (found != b.hash) {
                throw storage::fatal_error("a seal does not match");
            }
            for (std::size_t i = 0; i < b.records.size(); ++i) {
                visit(head.seq + 1 + i, b.records[i]);
            }
            head = {head.seq + b.records.size(), found};
            at_seal(head);
        }
        return head;
    }

    bool next_batch(storage::stream, const storage::stream_head&, storage::sealed_batch&) override {
        return false;
    }
    bool get(storage::stream, core::sequence, std::vector<std::byte>&) override { return false; }
    core::sequence scan(storage::stream, core::sequence from, const visitor&) override {
        return from;
    }

private:
    struct sealed_batch {
        storage::record_batch records;
        core::instant at;
        storage::digest hash{};
    };

    storage::digest hash_of(const sealed_batch& b, const storage::stream_head& before) {
        link_.begin(before.hash, static_cast<std::uint32_t>(b.records.size()), before.seq + 1,
                    b.at);
        for (std::size_t i = 0; i < b.records.size(); ++i) {
            link_.record(b.records[i]);
        }
        return link_.end();
    }

    std::vector<sealed_batch> batches_;
    storage::stream_head start_;
    storage::stream_head end_;
    storage::chain_link link_;
    storage::book_facts book_{1, 2016, {}};
    bool check_seals_ = true;
};

// As a recovery goes on when ten million persons are known already.
void replay_from_memory(benchmark::State& state) {
    large_registry& large = large_registry::get();
    const auto size = static_cast<std::size_t>(state.range(0));
    const std::size_t batches = 10'000 / size;
    ledger_in_memory ledger;
    core::dose_totals totals(2);
    bool at_end = true;
    const auto replay = [&](bool check_seals) {
        ledger.fill(large.written, batches, size);
        ledger.check_seals(check_seals);
        const core::moment now{large.written.now(), 0};
        const auto began = bench_clock::now();
        const auto recovered = storage::recover(ledger, std::nullopt, now, large.state, totals);
        const double took = seconds_since(began);
        at_end = at_end && recovered.events == ledger.end();
        return took;
    };
    std::vector<double> checked;
    std::vector<double> naive;
    for (auto _ : state) {
        checked.push_back(replay(true));
        naive.push_back(replay(false));
        state.SetIterationTime(checked.back());
    }
    const auto events = static_cast<double>(batches * size);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(events));
    state.counters["median_per_s"] = events / median(checked);
    state.counters["naive_per_s"] = events / median(naive);
    state.counters["cost_of_chain"] = 1 - median(naive) / median(checked);
    state.counters["persons"] = static_cast<double>(large.state.persons().size());
    require(state, at_end, "a replay ended at another head than was written");
    const std::string difference = large.written.difference(large.state);
    require(state, difference.empty(), "the registry differs from the books: " + difference);
}

BENCHMARK(replay_from_memory)
    ->Arg(100)
    ->UseManualTime()
    ->Iterations(8)
    ->Repetitions(5)
    ->ReportAggregatesOnly();

// A ledger of a million registrations on disk. Made once, gone at the end of the program.
struct ledger_on_disk {
    static constexpr std::size_t registrations = 1'000'000;
    static constexpr std::size_t batch = 250;

    ledger_on_disk() {
        storage::lmdb_ledger::create(scratch.path(), 2016);
        ledger.emplace(scratch.path(), storage::lmdb::access::write);
        storage::record_batch events;
        for (const core::event& e : written.opening()) {
            storage::encode(e, events);
        }
        ledger->append(events, {}, written.now());
        while (written.registrations() < registrations) {
            events.clear();
            for (std::size_t i = 0; i < batch; ++i) {
                storage::encode(core::event{written.next_event()}, events);
            }
            ledger->append(events, {}, written.now());
        }
    }

    scratch_directory scratch;
    std::optional<storage::lmdb_ledger> ledger;
    season written;

    static ledger_on_disk& get() {
        static ledger_on_disk only;
        return only;
    }
};

void recover_from_disk(benchmark::State& state) {
    ledger_on_disk& disk = ledger_on_disk::get();
    const storage::stream_head end = disk.ledger->head(storage::stream::events);
    for (auto _ : state) {
        core::registry registry;
        core::dose_totals totals(2);
        const auto reader = disk.ledger->reader();
        const auto began = bench_clock::now();
        const storage::recovered recovered =
            storage::recover(*reader, std::nullopt, {disk.written.now(), 0}, registry, totals);
        state.SetIterationTime(seconds_since(began));

        require(state, recovered.events == end, "recovery ended at another head");
        const std::string difference = disk.written.difference(registry);
        require(state, difference.empty(), "the registry differs from the books: " + difference);
        const core::dose_counts told = totals.snapshot(totals.recovery_shard(), registry.regions());
        std::uint64_t doses = 0;
        for (std::uint32_t r = 0; r < told.regions(); ++r) {
            doses += told.doses(r);
        }
        require(state, doses == disk.written.registrations(), "the totals differ from the books");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(end.seq));
}

BENCHMARK(recover_from_disk)
    ->UseManualTime()
    ->Iterations(1)
    ->Repetitions(7)
    ->ReportAggregatesOnly();

}  // namespace
}  // namespace doseline::bench
