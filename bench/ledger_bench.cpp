#include "bench/measure.hpp"
#include "bench/scratch.hpp"
#include "bench/season.hpp"
#include "storage/event_codec.hpp"
#include "storage/lmdb_ledger.hpp"

#include <fcntl.h>
#include <unistd.h>

// Claim: a durable commit of the ledger, with its tree, its seals and its fencing, has at batch 100
// at least 40 % of the speed of the least that durability takes: the same bytes appended to a plain
// file and synced. Both in turn in one run, so that what else the disk does meets both alike.
namespace doseline::bench {
namespace {

class plain_file {
public:
    explicit plain_file(const std::filesystem::path& path)
        : file_(::open(path.c_str(), O_CREAT | O_RDWR | O_APPEND | O_CLOEXEC, 0600)) {
        if (file_ < 0) {
            throw std::system_error(errno, std::generic_category(), path);
        }
    }
    ~plain_file() { ::close(file_); }
    plain_file(const plain_file&) = delete;
    plain_file& operator=(const plain_file&) = delete;

    void append(std::span<const std::byte> bytes) {
        if (::write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
            ::fdatasync(file_) != 0) {
            throw std::system_error(errno, std::generic_category(), "plain append");
        }
    }
    std::uint64_t size() const { return static_cast<std::uint64_t>(::lseek(file_, 0, SEEK_END)); }

private:
    const int file_;
};

core::audit_record audit_of(const core::dose_registered& e, core::sequence seq) {
    core::audit_record a;
    a.action = core::audit_action::registered;
    a.at = e.header.recorded_at;
    a.by.clinic = e.clinic;
    a.by.device = e.device;
    a.person = e.person;
    a.programme = e.programme;
    a.subject = seq;
    return a;
}

// One batch as the committer makes it: each registration with its audit record.
struct batch {
    storage::record_batch events;
    storage::record_batch audit;
    std::vector<std::byte> bytes;  // of both

    void fill(season& from, std::size_t registrations, core::sequence seq) {
        events.clear();
        audit.clear();
        for (std::size_t i = 0; i < registrations; ++i) {
            const core::dose_registered e = from.next_event();
            storage::encode(core::event{e}, events);
            storage::encode(audit_of(e, ++seq), audit);
        }
        bytes.clear();
        for (const storage::record_batch* records : {&events, &audit}) {
            for (std::size_t i = 0; i < records->size(); ++i) {
                bytes.insert(bytes.end(), (*records)[i].begin(), (*records)[i].end());
            }
        }
    }
};

void add_events(const storage::record_batch& events, storage::sha256_stream& into) {
    for (std::size_t i = 0; i < events.size(); ++i) {
        into.update(events[i]);
    }
}

void commits(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const scratch_directory scratch;
    storage::lmdb_ledger::create(scratch.path(), 2016);
    storage::lmdb_ledger ledger(scratch.path(), storage::lmdb::access::write);
    plain_file plain(scratch.path() / "plain");
    season written;
    batch b;
    storage::sha256_stream sent;
    std::uint64_t plain_bytes = 0;
    std::vector<double> by_ledger;
    std::vector<double> by_plain;
    const auto to_ledger = [&] {
        const auto began = bench_clock::now();
        ledger.append(b.events, b.audit, written.now());
        by_ledger.push_back(seconds_since(began));
    };
    const auto to_plain = [&] {
        const auto began = bench_clock::now();
        plain.append(b.bytes);
        by_plain.push_back(seconds_since(began));
    };
    bool ledger_first = false;
    for (auto _ : state) {
        b.fill(written, size, ledger.head(storage::stream::events).seq);
        add_events(b.events, sent);
        plain_bytes += b.bytes.size();
        ledger_first = !ledger_first;  // who comes second may find the disk busy with the first
        if (ledger_first) {
            to_ledger();
            to_plain();
        } else {
            to_plain();
            to_ledger();
        }
        state.SetIterationTime(by_ledger.back());
    }
    const auto events = state.iterations() * static_cast<std::int64_t>(size);
    state.SetItemsProcessed(events);
    state.counters["median_ms"] = median(by_ledger) * 1e3;
    state.counters["raw_median_ms"] = median(by_plain) * 1e3;
    state.counters["share_of_raw"] = median(by_plain) / median(by_ledger);
    state.counters["median_per_s"] = static_cast<double>(size) / median(by_ledger);

    storage::sha256_stream read;
    const auto reader = ledger.reader();
    const storage::stream_head end = reader->check(
        storage::stream::events,
        [&](core::sequence, std::span<const std::byte> record) {
            read.update(record);
            return true;
        },
        [](const storage::stream_head&) {});
    require(state, end.seq == static_cast<core::sequence>(events), "events are missing");
    require(state, end == ledger.head(storage::stream::events), "the head is another");
    require(state, ledger.head(storage::stream::audit).seq == end.seq, "audit records are missing");
    require(state, read.finish() == sent.finish(), "other bytes were read than were written");
    require(state, plain.size() == plain_bytes, "the plain file has another size");
}

BENCHMARK(commits)
    ->Arg(1)
    ->Arg(10)
    ->UseManualTime()
    ->Iterations(600)
    ->Repetitions(5)
    ->ReportAggregatesOnly();
BENCHMARK(commits)
    ->Arg(100)
    ->Arg(1'000)
    ->UseManualTime()
    ->Iterations(300)
    ->Repetitions(5)
    ->ReportAggregatesOnly();

}  // namespace
}  // namespace doseline::bench
