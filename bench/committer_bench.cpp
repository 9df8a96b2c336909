#include "bench/measure.hpp"
#include "bench/scratch.hpp"
#include "bench/written_season.hpp"
#include "storage/committer.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/page_check.hpp"
#include "storage/prover.hpp"
#include "storage/recovery.hpp"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <semaphore>
#include <thread>

// Claims: with 100 registrations in flight the committer records, durably and each with its audit
// record, ten times as many a second as PostgreSQL does with as many clients, a transaction each;
// with as many in flight as a batch holds, four times as many as its multi-row statements do.
// bench/against-postgresql runs both sides in turn. And behind ten million registrations a
// registry starts within ten seconds and 1.5 GiB, and commits as behind ten thousand.
namespace doseline::bench {
namespace {

constexpr core::sequence recorded_before = 200'000;  // as bench/postgresql/schema.sql
constexpr core::sequence one_in = 8;                 // had a dose before; there, too
constexpr std::size_t batch = 1'000;

// The season's first morning, going on with the steady clock.
storage::clocks season_clocks() {
    static const core::instant began = season().now();
    static const core::steady_ms from = storage::system_clocks().steady();
    return {[] {
                const auto since = storage::system_clocks().steady() - from;
                return began + std::chrono::milliseconds{since};
            },
            storage::system_clocks().steady};
}

[[noreturn]] void fail(std::string_view why) {
    std::cerr << "doseline-bench: " << why << "\n";
    std::_Exit(1);
}

// Of this process, now.
double anonymous_kib() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssAnon:")) {
            return std::stod(line.substr(8));
        }
    }
    fail("no RssAnon in /proc/self/status");
}

// All that stands between a clinic's reactor and the disk, put together as the server does. The
// benchmark's thread is the one reactor.
class desk {
public:
    explicit desk(core::sequence registrations_before = recorded_before)
        : ledger_((storage::lmdb_ledger::create(scratch_.path(), 2016), scratch_.path()),
                  storage::lmdb::access::write),
          totals_(1), before_(registrations_before),
          last_((write_season(written_, ledger_, before_), recover())),
          reader_(ledger_.reader(), fail),
          port_(
              bell_, [](void* of) { static_cast<desk*>(of)->answers_.release(); }, this, 0),
          committer_({ledger_, registry_, published_, totals_, reader_, bell_}, {&port_},
                     season_clocks(), last_,
                     [](const storage::stream_head&, const storage::stream_head&) {}),
          committing_([this] {
              try {
                  committer_.run();
              } catch (const std::exception& e) {
                  fail(e.what());
              }
          }) {}
    ~desk() { close(); }
    desk(const desk&) = delete;
    desk& operator=(const desk&) = delete;

    // Answers count registrations, with in_flight of them between submission and answer until the
    // last are submitted. REQUIRES: in_flight is at most limits::inbox_commands_max.
    void take(std::size_t count, std::size_t in_flight) {
        const core::sequence begin = answered_;
        const core::sequence end = begin + count;
        while (answered_ < end) {
            while (submitted_ < end && submitted_ - answered_ < in_flight) {
                submit();
            }
            answers_.acquire();
            collect();
        }
    }

    // Whether the proof goes round and round beside; a round under way is waited for.
    void prove(bool on) {
        if (prover_ == nullptr) {
            prover_ = std::make_unique<storage::prover>(
                storage::prover::parts{ledger_.reader(), committer_, published_, fail, fail});
        }
        proving_ = on;
        if (on) {
            ask_for_proof();
            return;
        }
        while (!rounds_ended_.try_acquire()) {
            collect();  // cuts must be met
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }
    std::uint64_t rounds() const noexcept { return rounds_; }

    const storage::committer_figures& figures() const noexcept { return committer_.figures(); }
    double start_seconds() const noexcept { return start_seconds_; }
    double start_anonymous_kib() const noexcept { return start_anonymous_kib_; }
    double file_bytes() const {
        return static_cast<double>(
            std::filesystem::file_size(scratch_.path() / "ledger" / "data.mdb"));
    }

    // Ends the committer. What differs from the books, or an empty string.
    std::string difference() {
        close();
        if (!wrong_.empty()) {
            return wrong_;
        }
        if (ledger_.head(storage::stream::events).seq != written_.seq()) {
            return "the ledger ends elsewhere";
        }
        if (ledger_.head(storage::stream::audit).seq != before_ + answered_) {
            return "audit records are missing";
        }
        return written_.difference(registry_);
    }

private:
    // As a start does, with every page of the file looked at first.
    core::instant recover() {
        const storage::clocks clock = season_clocks();
        const auto began = bench_clock::now();
        storage::check_pages(scratch_.path() / "ledger");
        const core::instant last =
            storage::recover(*ledger_.reader(), std::nullopt, {clock.wall(), clock.steady()},
                             registry_, totals_)
                .last;
        start_seconds_ = seconds_since(began);
        start_anonymous_kib_ = anonymous_kib();
        return last;
    }

    void submit() {
        const bool known = submitted_ % one_in == 0;
        if (!port_.submit({submitted_, written_.next_command(known)})) {
            fail("the committer's inbox is full");
        }
        ++submitted_;
    }

    void collect() {
        port_.collect([&](storage::delivery&& d) {
            if (d.mark == nullptr) {
                check(d);
            } else if (d.mark->reached(0)) {
                committer_.give_back(*d.mark);
            }
        });
    }

    void ask_for_proof() {
        prover_->ask([this](const core::proof_answer& proof) {
            ++rounds_;
            if (proof.drift != 0) {
                fail("the proof found " + proof.findings.front());
            }
            if (proving_) {
                ask_for_proof();
            } else {
                rounds_ended_.release();
            }
        });
    }

    // One reactor's commands are recorded in the order in which they were submitted.
    void check(const storage::delivery& d) {
        const bool known = answered_ % one_in == 0;
        const auto* receipt = std::get_if<core::dose_receipt>(&d.outcome);
        const core::sequence expected = written_.opening().size() + before_ + answered_ + 1;
        if (d.ticket != answered_ || receipt == nullptr || receipt->seq != expected ||
            receipt->replayed ||
            receipt->flags != (known ? core::bit(core::flag::already_vaccinated) : 0) ||
            receipt->claim !=
                (known ? core::claim_state::not_payable : core::claim_state::auto_ok)) {
            wrong_ = "receipt " + std::to_string(answered_) + " is wrong";
        } else {
            totals_.count(0,
                          storage::dose_of(published_.clinic(receipt->clinic).region_index,
                                           receipt->programme, receipt->claim, receipt->recorded_at,
                                           published_.programmes()[0]->offset));
        }
        ++answered_;
    }

    void close() {
        prover_.reset();
        if (committing_.joinable()) {
            committer_.stop();
            committing_.join();
        }
    }

    const scratch_directory scratch_;
    season written_;
    storage::lmdb_ledger ledger_;
    core::registry registry_;
    core::published published_;
    core::dose_totals totals_;
    const core::sequence before_;
    double start_seconds_ = 0;
    double start_anonymous_kib_ = 0;
    const core::instant last_;
    storage::doorbell bell_;
    storage::reader reader_;
    std::binary_semaphore answers_{0};
    storage::port port_;
    storage::committer committer_;
    core::sequence submitted_ = 0;
    core::sequence answered_ = 0;
    std::string wrong_;
    std::unique_ptr<storage::prover> prover_;
    std::atomic<bool> proving_{false};
    std::atomic<std::uint64_t> rounds_{0};
    std::counting_semaphore<> rounds_ended_{0};
    std::thread committing_;  // last: starts when all else is there
};

void committed(benchmark::State& state) {
    const auto in_flight = static_cast<std::size_t>(state.range(0));
    const std::size_t a_turn = 10 * in_flight;
    desk here;
    here.take(10 * batch, in_flight);  // the first pages of both trees, the buffers' growth
    const std::uint64_t commits = here.figures().commits;
    const std::uint64_t records = here.figures().records;
    std::vector<double> seconds;
    for (auto _ : state) {
        const auto began = bench_clock::now();
        here.take(a_turn, in_flight);
        seconds.push_back(seconds_since(began));
        state.SetIterationTime(seconds.back());
    }
    const std::string difference = here.difference();
    const double registrations = static_cast<double>(here.figures().records - records) / 2;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(a_turn));
    state.counters["median_per_s"] = static_cast<double>(a_turn) / median(seconds);
    state.counters["batch"] = registrations / static_cast<double>(here.figures().commits - commits);
    require(state, difference.empty(), difference);
}

// Behind so many registrations, 100 in flight: what a start took, and how it goes on.
void committed_behind(benchmark::State& state) {
    constexpr std::size_t in_flight = 100;
    const auto before = static_cast<core::sequence>(state.range(0));
    desk here(before);
    here.take(10 * batch, in_flight);
    std::vector<double> seconds;
    for (auto _ : state) {
        const auto began = bench_clock::now();
        here.take(in_flight, in_flight);
        seconds.push_back(seconds_since(began));
        state.SetIterationTime(seconds.back());
    }
    const std::string difference = here.difference();
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(in_flight));
    state.counters["median_per_s"] = in_flight / median(seconds);
    state.counters["p99_ms"] = 1'000 * percentile(seconds, 0.99);
    state.counters["start_s"] = here.start_seconds();
    state.counters["start_anon_mib"] = here.start_anonymous_kib() / 1'024;
    state.counters["file_bytes_each"] = here.file_bytes() / static_cast<double>(before);
    require(state, difference.empty(), difference);
}

// The same beside a proof that goes round and round, where the server's rests ten seconds after
// each: both in turn.
void committed_beside_proof(benchmark::State& state) {
    constexpr std::size_t in_flight = 100;
    desk here;
    here.take(10 * batch, in_flight);
    here.prove(true);
    here.prove(false);  // the first round folds all that was before
    std::vector<double> alone;
    std::vector<double> beside;
    for (auto _ : state) {
        for (const bool proving : {false, true}) {
            if (proving) {
                here.prove(true);
            }
            here.take(batch, in_flight);  // both after one like it: a committer at rest is slower
            const auto began = bench_clock::now();
            here.take(batch, in_flight);
            (proving ? beside : alone).push_back(seconds_since(began));
            if (proving) {
                here.prove(false);
            }
        }
        state.SetIterationTime(beside.back());
    }
    const std::string difference = here.difference();
    state.counters["alone_per_s"] = batch / median(alone);
    state.counters["beside_per_s"] = batch / median(beside);
    state.counters["cost"] = 1 - median(alone) / median(beside);
    state.counters["rounds"] = static_cast<double>(here.rounds());
    require(state, difference.empty(), difference);
}

// As many in flight as PostgreSQL's clients in bench/against-postgresql, and a batch.
BENCHMARK(committed)->Arg(100)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(150);
BENCHMARK(committed)->Arg(batch)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(50);
BENCHMARK(committed_beside_proof)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(60);
BENCHMARK(committed_behind)
    ->Arg(10'000)
    ->Arg(10'000'000)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(3'000);

}  // namespace
}  // namespace doseline::bench
