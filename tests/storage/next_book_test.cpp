#include "storage/next_book.hpp"

#include "storage/audit_query.hpp"
#include "storage/backup.hpp"
#include "storage/reader.hpp"
#include "storage/stored_event.hpp"
#include "storage/verify.hpp"
#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>

BOOST_AUTO_TEST_SUITE(next_book)

using namespace doseline;
using storage::stream;

namespace {

void say_nothing(std::string_view, std::uint64_t, std::uint64_t) {}

struct turned : test::written_registry {
    turned() : written_registry(360) {
        end_of_first = heads();
        turn(2017);
        begin_of_second = heads();
        open();
        give(100);
        close();
    }
    std::string told_by_verify() const {
        return test::told_by([&] { storage::verify(path()); });
    }

    storage::must_pass end_of_first;
    storage::must_pass begin_of_second;
};

struct opened {
    explicit opened(const turned& of) : ledger(of.path(), storage::lmdb::access::read) {}
    storage::lmdb_ledger ledger;
    std::unique_ptr<storage::ledger_reader> from = ledger.reader();
};

}  // namespace

BOOST_AUTO_TEST_CASE(numbers_and_chains_go_on_over_books) {
    const turned registry;
    const storage::verified v = storage::verify(registry.path());
    BOOST_TEST(v.books == 2u);
    BOOST_TEST(v.doses == 100u);  // of the open book
    BOOST_TEST(v.persons == test::written_registry::persons);
    opened o(registry);
    const auto books = o.from->books();
    BOOST_TEST_REQUIRE(books.size() == 2u);
    BOOST_TEST(books[0].number == 1u);
    BOOST_TEST(books[0].year == 2016u);
    BOOST_TEST(books[1].number == 2u);
    BOOST_TEST(books[1].year == 2017u);
    BOOST_TEST(books[1].before.events.seq ==
               registry.end_of_first.events.seq + 1);  // it was closed
    BOOST_CHECK(books[1].before.audit == registry.end_of_first.audit);

    // Any record, by its number; all of them one behind the other; batch by batch.
    std::vector<std::byte> record;
    std::vector<std::vector<std::byte>> all;
    o.from->scan(stream::events, 1, [&](core::sequence seq, std::span<const std::byte> bytes) {
        BOOST_REQUIRE(o.from->get(stream::events, seq, record));
        BOOST_REQUIRE(std::ranges::equal(record, bytes));
        all.emplace_back(bytes.begin(), bytes.end());
        return true;
    });
    BOOST_TEST(all.size() == registry.heads().events.seq);
    storage::stream_head head = books[0].before.events;
    std::size_t read = 0;
    bool met = false;
    for (storage::sealed_batch b; o.from->next_batch(stream::events, head, b); head = b.head) {
        for (std::size_t i = 0; i < b.records.size(); ++i) {
            BOOST_REQUIRE(std::ranges::equal(b.records[i], all[read++]));
        }
        met = met || b.head == books[1].before.events;
    }
    BOOST_TEST(met);
    BOOST_CHECK(head == registry.heads().events);
    BOOST_TEST(!o.from->get(stream::events, registry.heads().events.seq + 1, record));
    BOOST_TEST(!o.from->get(stream::events, 0, record));
}

BOOST_AUTO_TEST_CASE(a_history_goes_on_in_the_book_before) {
    const turned registry;
    opened o(registry);
    // The first who had a dose in the new book had one or two in the old.
    core::person_key person{};
    std::vector<std::byte> record;
    for (core::sequence seq = registry.begin_of_second.events.seq + 1; person == core::person_key{};
         ++seq) {
        const auto e = storage::read_event(*o.from, seq, record);
        if (const auto* dose = std::get_if<core::dose_registered>(&*e)) {
            person = dose->person;
        }
    }
    const core::person_record* known = registry.state().persons().find(person, 0);
    BOOST_TEST_REQUIRE(known != nullptr);
    BOOST_TEST(known->doses >= 2u);
    const auto history = storage::read_history(*o.from, {known->last_event, known->last_event});
    BOOST_TEST(history.registrations.size() == known->doses);
    BOOST_TEST(history.registrations.front().seq < registry.begin_of_second.events.seq);
    BOOST_TEST(history.registrations.back().seq > registry.begin_of_second.events.seq);
}

BOOST_AUTO_TEST_CASE(holds_and_audit_of_the_last_half_hour_come_along) {
    test::written_registry registry(6);  // two a second: all within half an hour
    registry.open();
    registry.check_only(290);
    registry.close();
    const std::size_t holds = registry.state().holds();
    BOOST_TEST(holds > 0u);
    registry.turn(2017);
    BOOST_TEST(registry.state().holds() == holds);
    storage::lmdb_ledger ledger(registry.path(), storage::lmdb::access::read);
    const auto from = ledger.reader();
    const core::audit_page page = storage::read_audit(*from, {}, [] {});
    BOOST_TEST(page.rows.size() == registry.heads().audit.seq);
    BOOST_CHECK(page.rows.back().record.action == core::audit_action::book_opened);
}

BOOST_AUTO_TEST_CASE(a_backup_holds_all_books) {
    const turned registry;
    for (const char* name : {"ca.pem", "server.pem"}) {
        std::ofstream(registry.path() / name) << "text\n";
    }
    const test::temporary_directory scratch;
    const auto file = scratch.path() / "backup";
    const auto dir = scratch.path() / "restored";
    storage::backup(registry.path(), file, say_nothing);
    storage::restore(file, dir, say_nothing);
    const storage::verified v = storage::verify(dir);
    BOOST_TEST(v.books == 2u);
    BOOST_TEST(v.events == registry.heads().events.seq);
    storage::lmdb_ledger one(registry.path(), storage::lmdb::access::read);
    storage::lmdb_ledger two(dir, storage::lmdb::access::read);
    const auto here = one.reader();
    const auto there = two.reader();
    BOOST_CHECK(std::ranges::equal(there->books(), here->books()));
}

// A draft that nobody opened is not there, and is not in the way of the next one.
BOOST_AUTO_TEST_CASE(a_draft_that_was_left_is_thrown_away) {
    test::written_registry registry(40);
    registry.end_book();
    {
        storage::lmdb_ledger ledger(registry.path(), storage::lmdb::access::write, 0);
        ledger.draft_next(2017);
        storage::record_batch rubbish;
        for (unsigned n = 0; n < 1'000; ++n) {
            storage::encode(core::key_carried{{}, {}, n}, rubbish);
        }
        ledger.append(rubbish, {}, {});
    }
    const storage::verified v = storage::verify(registry.path());
    BOOST_TEST(v.books == 1u);
    BOOST_TEST(v.events == registry.heads().events.seq);
    registry.reopen_next(2018);
    BOOST_TEST(storage::verify(registry.path()).books == 2u);
}

// What a book opens with is held against what the one before left, whoever wrote it.
BOOST_AUTO_TEST_CASE(a_book_that_carries_something_else_is_named) {
    struct other {
        const char* what;
        std::function<bool(core::event&)> change;
    };
    const auto changed = [](auto how) {
        return [how](core::event& e) mutable {
            std::visit(
                [&](auto& what) {
                    if constexpr (requires { how(what); }) {
                        how(what);
                    }
                },
                e);
            return true;
        };
    };
    const std::vector<other> others{
        {"", [](core::event&) { return true; }},
        {"an account", changed([](core::stock_carried& e) { ++e.on_hand; })},
        {"an account",
         changed([](core::stock_carried& e) { e.of.funding = core::funding::local; })},
        {"a person", changed([](core::person_carried& e) { ++e.doses; })},
        {"a person", changed([](core::person_carried& e) { e.payable = 0; })},
        {"a person", changed([n = 0](core::person_carried& e) mutable {
             if (n++ == 0) {
                 e.person[0] ^= std::byte{1};
             }
         })},
        {"not all",
         [](core::event& e) { return !std::holds_alternative<core::person_carried>(e); }},
        {"clinic", changed([](core::clinic_registered& e) { ++e.code; })},
    };
    for (const other& o : others) {
        test::written_registry registry(100);
        registry.end_book();
        registry.write_next_by_hand(2017, o.change);
        const std::string told = test::told_by([&] { storage::verify(registry.path()); });
        if (*o.what == '\0') {
            BOOST_TEST(told == "");
        } else {
            BOOST_TEST(told.find(o.what) != std::string::npos, o.what << ": " << told);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_open_book_is_not_followed_by_another) {
    test::written_registry registry(10);
    registry.write_next_by_hand(2017, [](core::event&) { return true; });
    const std::string told = test::told_by([&] { storage::verify(registry.path()); });
    BOOST_TEST(told.find("was not closed") != std::string::npos, told);
}

BOOST_AUTO_TEST_CASE(there_are_no_more_books_than_the_limit) {
    const test::temporary_directory dir;
    storage::lmdb_ledger::create(dir.path(), 2016);
    for (unsigned n = 1; n < core::limits::books_max; ++n) {
        storage::lmdb_ledger ledger(dir.path(), storage::lmdb::access::write, 0);
        ledger.draft_next(2017);
        ledger.open_draft();
    }
    storage::lmdb_ledger ledger(dir.path(), storage::lmdb::access::write, 0);
    BOOST_TEST(ledger.book().number == core::limits::books_max);
    BOOST_TEST(ledger.reader()->books().size() == core::limits::books_max);
    BOOST_CHECK_THROW(ledger.draft_next(2017), std::runtime_error);
}

// Whoever opens it in the autumn does so long after the last shot.
BOOST_AUTO_TEST_CASE(keys_of_the_last_weeks_of_a_book_are_carried_whenever_the_next_is_opened) {
    test::written_registry registry(50);
    registry.end_book();
    registry.pass(core::limits::keys_carried + std::chrono::days{1});
    registry.reopen_next(2017);
    BOOST_TEST(registry.state().keys().size() == 50u);
    registry.pass(core::limits::keys_carried + std::chrono::days{1});
    registry.open();
    registry.give(7);
    registry.close();
    registry.turn(2018);
    BOOST_TEST(registry.state().keys().size() == 7u);
}

// A schedule may be lowered: what was payable by then stays so.
BOOST_AUTO_TEST_CASE(more_payable_doses_than_the_schedule_gives_by_now_are_no_fault) {
    storage::fold folded;
    auto programme = std::make_shared<core::programme>();
    programme->schedule.doses = 1;
    folded.take(1, core::programme_defined{{}, 0, programme});
    folded.take(2, core::person_carried{{}, {}, 0, 0, 0, {}, 2, 2});
    BOOST_TEST(folded.overpaid() == 0u);
    BOOST_TEST(folded.persons() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
