#include "storage/lmdb_ledger.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

BOOST_AUTO_TEST_SUITE(ledger_growth)

using namespace doseline;
using storage::stream;

namespace {

// A ledger that its own test writes, batch by batch.
struct fixture {
    fixture() {
        storage::lmdb_ledger::create(directory.path(), 2016);
        ledger.emplace(directory.path(), storage::lmdb::access::write, 0);
        commit(100);
    }

    void commit(int times = 1) {
        for (int n = 0; n < times; ++n) {
            storage::record_batch records;
            for (int i = 0; i < 5; ++i) {
                std::ranges::fill(records.add(192), std::byte(i));
            }
            ledger->append(records, records, core::instant{});
        }
    }

    // By how much the file grew.
    template <class During>
    std::uint64_t growth(const During& during) const {
        const auto file = directory.path() / "ledger" / "data.mdb";
        const std::uint64_t before = std::filesystem::file_size(file);
        during();
        return std::filesystem::file_size(file) - before;
    }

    static constexpr int commits = 200;
    static constexpr std::uint64_t slack = 128 * 1024;  // LMDB's free pages come and go in lists

    test::temporary_directory directory;
    std::optional<storage::lmdb_ledger> ledger;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(reading_batch_by_batch_costs_the_file_nothing, fixture) {
    const std::uint64_t alone = growth([&] { commit(commits); });
    const auto reader = ledger->reader();
    storage::stream_head head = reader->start(stream::events);
    storage::sealed_batch batch;
    const std::uint64_t beside = growth([&] {
        for (int n = 0; n < commits; ++n) {
            BOOST_REQUIRE(reader->next_batch(stream::events, head, batch));
            head = batch.head;
            commit();
        }
    });
    // One snapshot for all of it, as a copy of the file as such would need.
    const std::uint64_t held = growth([&] {
        reader->scan(stream::events, 1, [&](core::sequence, std::span<const std::byte>) {
            commit(commits);
            return false;
        });
    });
    BOOST_TEST_MESSAGE(commits << " commits: " << alone << " bytes alone, " << beside
                               << " beside a reader of batches, " << held << " under one snapshot");
    BOOST_TEST(beside <= alone + slack);
    BOOST_TEST(held > 2 * alone + slack);
}

// The proof's way of reading: a long scan gives its snapshot up now and then, so that commits
// beside it find pages to use again, and goes on where it was.
BOOST_FIXTURE_TEST_CASE(a_long_scan_renews_its_snapshot, fixture) {
    constexpr std::size_t records = 400'000;  // a scan's snapshot is good for 50,000 of them
    constexpr std::size_t a_commit_each = records / commits;
    for (std::size_t n = 0; n < records; n += 10'000) {
        storage::record_batch small;
        for (std::size_t i = 0; i < 10'000; ++i) {
            std::ranges::fill(small.add(8), std::byte(i));
        }
        ledger->append(small, {}, core::instant{});
    }
    commit(commits);  // free pages as they are after some time
    const std::uint64_t alone = growth([&] { commit(commits); });
    const auto reader = ledger->reader();
    const auto scan = [&](const auto& at_record) {
        std::size_t met = 0;
        core::sequence next = 1;
        reader->scan(stream::events, 1, [&](core::sequence seq, std::span<const std::byte>) {
            BOOST_REQUIRE(seq == next++);
            at_record(++met);
            return met < records;
        });
        BOOST_REQUIRE(met == records);
    };
    const std::uint64_t beside =
        growth([&] { scan([&](std::size_t met) { commit(met % a_commit_each == 0 ? 1 : 0); }); });
    const std::uint64_t held =
        growth([&] { scan([&](std::size_t met) { commit(met == 1 ? commits : 0); }); });
    BOOST_TEST_MESSAGE(commits << " commits: " << alone << " bytes alone, " << beside
                               << " beside a scan of " << records << ", " << held
                               << " under one snapshot of it");
    BOOST_TEST_REQUIRE(held > alone + 8 * slack);
    BOOST_TEST(beside < alone + (held - alone) / 4);
}

BOOST_FIXTURE_TEST_CASE(batches_are_whole_and_in_order, fixture) {
    const auto reader = ledger->reader();
    for (const stream s : {stream::events, stream::audit}) {
        storage::stream_head head = reader->start(s);
        storage::sealed_batch batch;
        int batches = 0;
        while (reader->next_batch(s, head, batch)) {
            BOOST_TEST(batch.records.size() == 5u);
            BOOST_TEST(batch.head.seq == head.seq + 5);
            head = batch.head;
            ++batches;
        }
        BOOST_TEST(batches == 100);
        BOOST_TEST((head == ledger->head(s)));
        BOOST_TEST((batch.head == head));
    }
}

// A backup that is killed while it reads must not pin its snapshot until the server ends.
BOOST_FIXTURE_TEST_CASE(a_reader_that_was_killed_is_forgotten, fixture) {
    const std::uint64_t alone = growth([&] { commit(commits); });
    const pid_t child = ::fork();
    if (child == 0) {
        storage::lmdb_ledger own(directory.path(), storage::lmdb::access::read);
        own.reader()->scan(stream::events, 1, [](core::sequence, std::span<const std::byte>) {
            ::kill(::getpid(), SIGKILL);
            return true;
        });
        ::_exit(0);
    }
    int status = 0;
    BOOST_TEST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_TEST_REQUIRE(WIFSIGNALED(status));
    commit(256);  // the writer looks once meanwhile
    const std::uint64_t after = growth([&] { commit(commits); });
    BOOST_TEST_MESSAGE(alone << " bytes before, " << after << " after");
    BOOST_TEST(after <= alone + slack);
}

BOOST_AUTO_TEST_SUITE_END()
