// Events that are too many for one commit: appended in several, and there for nobody until the
// last.
#include "storage/backup.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/verify.hpp"
#include "tests/core/desk.hpp"
#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <optional>

BOOST_AUTO_TEST_SUITE(staged_events)

using namespace doseline;
using storage::stream;
using storage::stream_head;

namespace {

constexpr unsigned rows = 700;

storage::record_batch some_keys(unsigned first) {
    storage::record_batch batch;
    for (unsigned n = 0; n < rows; ++n) {
        core::key_carried e;
        e.key = test::key(first + n);
        storage::encode(e, batch);
    }
    return batch;
}

storage::record_batch one_audit_record() {
    core::audit_record a;
    a.action = core::audit_action::book_opened;
    a.by.clinic = core::no_clinic;
    storage::record_batch batch;
    storage::encode(a, batch);
    return batch;
}

struct staging : test::written_registry {
    staging() : written_registry(40) {}

    void open_as(storage::lmdb::access how) { ledger.emplace(path(), how, 0); }
    void stage(unsigned times) {
        for (unsigned n = 0; n < times; ++n) {
            ledger->stage(some_keys(n * rows), at);
        }
    }
    // Whoever asks, however it is asked, finds that the events end there.
    void ends_at(const stream_head& end) {
        const auto from = ledger->reader();
        ends_at(*from, end);
    }
    static void ends_at(storage::ledger_reader& from, const stream_head& end) {
        std::vector<std::byte> record;
        BOOST_CHECK(from.heads().events == end);
        BOOST_TEST(from.get(stream::events, end.seq, record));
        BOOST_TEST(!from.get(stream::events, end.seq + 1, record));
        BOOST_TEST(!from.get(stream::events, end.seq + rows, record));
        const auto visit = [](core::sequence, std::span<const std::byte>) { return true; };
        BOOST_TEST(from.scan(stream::events, 1, visit) == end.seq + 1);
        BOOST_TEST(from.scan(stream::events, end.seq + 1, visit) == end.seq + 1);
        BOOST_CHECK(from.check(stream::events, visit, [](const stream_head&) {}) == end);
        storage::sealed_batch batch;
        BOOST_TEST(!from.next_batch(stream::events, end, batch));
        constexpr auto never = std::numeric_limits<core::sequence>::max();
        const stream_head before = from.before(stream::events, core::instant::max(), never);
        BOOST_TEST(before.seq < end.seq);
        BOOST_TEST(from.next_batch(stream::events, before, batch));
        BOOST_CHECK(batch.head == end);
    }
    std::string told_by_verify() const {
        return test::told_by([&] { storage::verify(path()); });
    }

    const core::instant at{std::chrono::days{18'000}};
    std::optional<storage::lmdb_ledger> ledger;
};

void say_nothing(std::string_view, std::uint64_t, std::uint64_t) {}

}  // namespace

BOOST_FIXTURE_TEST_CASE(they_are_there_all_at_once_or_for_nobody, staging) {
    const stream_head before = heads().events;
    open_as(storage::lmdb::access::write);
    const auto reader = ledger->reader();
    stage(3);
    ends_at(*reader, before);
    ends_at(before);
    BOOST_TEST(ledger->head(stream::events).seq == before.seq + 3 * rows);

    ledger->append(some_keys(3 * rows), one_audit_record(), at);
    const stream_head end = ledger->head(stream::events);
    BOOST_TEST(end.seq == before.seq + 4 * rows);
    BOOST_CHECK(ledger->head(stream::audit) == reader->heads().audit);
    ends_at(*reader, end);
    ends_at(end);
    ledger.reset();
    const storage::verified v = storage::verify(path());
    BOOST_TEST(v.events == end.seq);
    BOOST_TEST(v.audit == heads().audit.seq + 1);
    open_as(storage::lmdb::access::write);  // nothing is thrown away any more
    ends_at(end);
}

BOOST_FIXTURE_TEST_CASE(the_last_commit_may_be_of_the_audit_alone, staging) {
    open_as(storage::lmdb::access::write);
    stage(1);
    ledger->append({}, one_audit_record(), at);
    ends_at(ledger->head(stream::events));
    BOOST_TEST(ledger->head(stream::events).seq == heads().events.seq + rows);
}

BOOST_FIXTURE_TEST_CASE(what_a_killed_writer_staged_is_not_there, staging) {
    const stream_head before = heads().events;
    open_as(storage::lmdb::access::write);
    stage(3);
    ledger.reset();

    BOOST_TEST(storage::verify(path()).events == before.seq);
    open_as(storage::lmdb::access::read);
    BOOST_CHECK(ledger->head(stream::events) == before);
    ends_at(before);
    ledger.reset();
    for (const char* name : {"ca.pem", "server.pem"}) {
        std::ofstream(path() / name) << "text\n";
    }
    const test::temporary_directory scratch;
    storage::backup(path(), scratch.path() / "backup", say_nothing);
    storage::restore(scratch.path() / "backup", scratch.path() / "restored", say_nothing);
    BOOST_TEST(storage::verify(scratch.path() / "restored").events == before.seq);
}

BOOST_FIXTURE_TEST_CASE(the_next_writer_throws_it_away_and_goes_on, staging) {
    const stream_head before = heads().events;
    open_as(storage::lmdb::access::write);
    stage(3);
    open_as(storage::lmdb::access::write);
    ends_at(before);
    ledger->append(some_keys(0), {}, at);
    const stream_head end = ledger->head(stream::events);
    BOOST_TEST(end.seq == before.seq + rows);
    ends_at(end);
    ledger.reset();
    BOOST_TEST(storage::verify(path()).events == end.seq);
    // Its pages are used again.
    const auto size = std::filesystem::file_size(data());
    open_as(storage::lmdb::access::write);
    stage(2);
    BOOST_TEST(std::filesystem::file_size(data()) == size);
}

// More than one commit of it takes away.
BOOST_FIXTURE_TEST_CASE(much_is_thrown_away_a_part_at_a_time, staging) {
    const stream_head before = heads().events;
    open_as(storage::lmdb::access::write);
    stage(1 + core::limits::restore_commit_records / rows);
    open_as(storage::lmdb::access::write);
    ends_at(before);
    ledger.reset();
    BOOST_TEST(storage::verify(path()).events == before.seq);
}

// Nothing is taken for staged that was recorded.
BOOST_FIXTURE_TEST_CASE(a_mark_that_is_not_where_a_batch_ended_is_damage, staging) {
    open_as(storage::lmdb::access::write);
    stage(1);
    ledger.reset();
    const std::string mark = "staged";
    const std::string file = test::content_of(data());
    unsigned found = 0;
    for (std::size_t at_mark = file.find(mark); at_mark != std::string::npos;
         at_mark = file.find(mark, at_mark + 1)) {
        for (const std::size_t byte : {0u, 8u, 39u}) {  // of its number, of its hash
            const test::altered_file altered(data());
            altered.flip(at_mark + mark.size() + byte, 1);
            if (told_by_verify().find("rows are staged behind another one") != std::string::npos) {
                ++found;
                BOOST_CHECK_THROW(open_as(storage::lmdb::access::write), storage::fatal_error);
            }
        }
    }
    BOOST_TEST(found == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
