#include "storage/verify.hpp"

#include "storage/directory_lock.hpp"
#include "storage/private_file.hpp"
#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

BOOST_AUTO_TEST_SUITE(verify)

using namespace doseline;
using storage::stream;

namespace {

struct fixture {
    const test::written_registry& registry = test::shared_registry();

    std::string told() const {
        return test::told_by([&] { storage::verify(registry.path()); });
    }
    std::string told_before_serving() const {
        return test::told_by([&] { storage::check_before_serving(registry.path()); });
    }
};

bool names(const std::string& told, std::string_view what) {
    return told.find(what) != std::string::npos && told.find('\n') == std::string::npos;
}

// Every place of these bytes: LMDB leaves older copies of a page behind, and which one is read is
// its affair.
std::vector<std::size_t> places_of(std::string_view bytes, const std::string& file) {
    std::vector<std::size_t> all;
    for (std::size_t at = file.find(bytes); at != std::string::npos;
         at = file.find(bytes, at + 1)) {
        all.push_back(at);
    }
    return all;
}

std::string_view text_of(const std::vector<std::byte>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Flips each byte of a record, wherever it lies, and expects to be told each time.
void flip_each(const fixture& f, std::string_view record, std::mt19937& random) {
    const test::altered_file file(f.registry.data());
    const auto places = places_of(record, file.original());
    BOOST_TEST_REQUIRE(!places.empty());
    for (std::size_t i = 0; i < record.size(); ++i) {
        const unsigned mask = static_cast<unsigned>(random() % 255) + 1;
        for (const std::size_t place : places) {
            file.flip(place + i, mask);
        }
        const std::string told = f.told();
        for (const std::size_t place : places) {
            file.flip(place + i, mask);
        }
        BOOST_REQUIRE_MESSAGE(names(told, "damaged at record"),
                              "byte " << i << " ^ " << mask << ": " << told);
    }
}

std::mt19937 seeded() {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    return std::mt19937(seed);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_whole_registry_is_right, fixture) {
    const storage::verified v = storage::verify(registry.path());
    const storage::must_pass heads = registry.heads();
    BOOST_TEST(v.events == heads.events.seq);
    BOOST_TEST(v.audit == heads.audit.seq);
    BOOST_TEST(v.doses == registry.doses());
    BOOST_TEST(v.persons == registry.state().persons().size());
    BOOST_TEST(v.persons == test::written_registry::persons);
    BOOST_TEST(v.clinics == test::written_registry::clinics);
    BOOST_TEST(v.lots == 1u);
    BOOST_TEST(v.accounts >= test::written_registry::clinics);
    BOOST_TEST((v.anchored.heads == heads));
    BOOST_TEST((storage::check_before_serving(registry.path()) == v.anchored));
}

BOOST_FIXTURE_TEST_CASE(an_older_anchor_is_enough, fixture) {
    test::written_registry grown(20);
    const storage::must_pass before = grown.heads();
    grown.open();
    grown.give(20);
    grown.close();
    grown.anchor_at(before);
    const storage::verified v = storage::verify(grown.path());
    BOOST_TEST(v.events == grown.heads().events.seq);
    BOOST_TEST((v.anchored.heads == before));
}

BOOST_FIXTURE_TEST_CASE(while_another_process_has_it_nothing_is_looked_at, fixture) {
    const storage::directory_lock lock(registry.path());
    BOOST_CHECK_EXCEPTION(
        storage::verify(registry.path()), std::runtime_error, [](const std::exception& e) {
            return names(e.what(), "in use by process " + std::to_string(::getpid()));
        });
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_is_no_registry_is_left_alone, fixture) {
    const test::temporary_directory other;
    const auto told = test::told_by([&] { storage::verify(other.path()); });
    BOOST_TEST(names(told, other.path().string()));
    BOOST_TEST(std::filesystem::is_empty(other.path()));
}

BOOST_FIXTURE_TEST_CASE(every_flipped_byte_of_a_record_is_named, fixture) {
    std::mt19937 random = seeded();
    for (const core::sequence seq :
         {core::sequence{1}, registry.heads().events.seq / 2, registry.heads().events.seq}) {
        BOOST_TEST_CONTEXT("event " << seq) {
            flip_each(*this, text_of(registry.record(stream::events, seq)), random);
        }
    }
    const core::sequence audit = 1 + random() % registry.heads().audit.seq;
    BOOST_TEST_CONTEXT("audit " << audit) {
        flip_each(*this, text_of(registry.record(stream::audit, audit)), random);
    }
}

BOOST_FIXTURE_TEST_CASE(every_flipped_byte_of_a_seal_is_named, fixture) {
    std::mt19937 random = seeded();
    std::vector<std::vector<std::byte>> seals;
    {
        const storage::lmdb::environment env(registry.path() / "ledger",
                                             storage::lmdb::access::read, core::limits::map_bytes);
        storage::lmdb::transaction txn(env, storage::lmdb::access::read);
        for (const char* const table : {"book.1.events", "book.1.audit"}) {
            storage::lmdb::cursor at(txn, *txn.open_table(table, true));
            const auto last = at.last()->value;
            seals.emplace_back(last.begin(), last.end());
            for (auto e = at.first_from(200); e; e = at.next()) {
                if (e->key % 2 != 0) {
                    seals.emplace_back(e->value.begin(), e->value.end());
                    break;
                }
            }
        }
    }
    for (const auto& seal : seals) {
        BOOST_TEST_REQUIRE(seal.size() == storage::seal::bytes);
        flip_each(*this, text_of(seal), random);
    }
}

// A long record lies in pages of its own, which the page check does not read.
BOOST_FIXTURE_TEST_CASE(flipped_bytes_of_a_long_record_are_named, fixture) {
    std::mt19937 random = seeded();
    std::vector<std::byte> record;
    for (core::sequence seq = 1; record.size() < core::limits::extension_bytes_max; ++seq) {
        record = registry.record(stream::events, seq);
    }
    const test::altered_file file(registry.data());
    const auto places = places_of(text_of(record), file.original());
    BOOST_TEST_REQUIRE(!places.empty());
    for (int n = 0; n < 40; ++n) {
        const std::size_t offset = random() % record.size();
        for (const std::size_t place : places) {
            file.flip(place + offset, 0x80);
        }
        BOOST_TEST(told_before_serving() == "");
        BOOST_TEST(names(told(), "damaged at record"), "byte " << offset);
        for (const std::size_t place : places) {
            file.flip(place + offset, 0x80);
        }
    }
}

// Whatever byte of the file: it is told, or nothing has changed.
BOOST_FIXTURE_TEST_CASE(a_flipped_byte_anywhere_is_named_or_of_no_consequence, fixture) {
    std::mt19937 random = seeded();
    const storage::verified right = storage::verify(registry.path());
    const test::altered_file file(registry.data());
    const std::size_t pages = file.original().size() / 4'096;
    constexpr int rounds = 500;
    int named = 0;
    for (int n = 0; n < rounds; ++n) {
        // The head of a page as often as all of its rest: that is where numbers are.
        const std::size_t in_page = n % 2 == 0 ? random() % 160 : random() % 4'096;
        const std::size_t offset = random() % pages * 4'096 + in_page;
        const unsigned mask = static_cast<unsigned>(random() % 255) + 1;
        file.flip(offset, mask);
        try {
            const storage::verified v = storage::verify(registry.path());
            BOOST_TEST((v.events == right.events && v.audit == right.audit &&
                        v.doses == right.doses && v.persons == right.persons),
                       "byte " << offset << " ^ " << mask);
        } catch (const storage::fatal_error& e) {
            BOOST_TEST(names(e.what(), ""));
            ++named;
        }
        file.flip(offset, mask);
    }
    BOOST_TEST_MESSAGE(named << " of " << rounds << " named");
    BOOST_TEST(named > rounds / 4);
}

BOOST_FIXTURE_TEST_CASE(every_flipped_byte_of_the_anchor_is_named, fixture) {
    const test::altered_file file(registry.path() / "anchor");
    for (std::size_t i = 0; i < file.original().size(); ++i) {
        for (const unsigned mask : {0x01u, 0xffu}) {
            file.flip(i, mask);
            BOOST_TEST(names(told_before_serving(), "anchor"), "byte " << i << " ^ " << mask);
            file.flip(i, mask);
        }
    }
    BOOST_TEST(told_before_serving() == "");
}

BOOST_FIXTURE_TEST_CASE(a_missing_or_short_file_is_named, fixture) {
    for (const char* const name : {"anchor", "anchor.pub", "ledger/data.mdb"}) {
        const test::altered_file file(registry.path() / name);
        for (const std::size_t size :
             {std::size_t{0}, std::size_t{1}, file.original().size() / 2}) {
            file.write(file.original().substr(0, size));
            BOOST_TEST(names(told_before_serving(), std::filesystem::path(name).stem().string()),
                       name << " cut to " << size);
            BOOST_TEST(told() == told_before_serving());
        }
        std::filesystem::remove(registry.path() / name);
        BOOST_TEST(names(told_before_serving(), name), name << " missing");
        BOOST_TEST(names(told(), name), name << " missing");
    }
    BOOST_TEST(told() == "");
}

BOOST_FIXTURE_TEST_CASE(a_ledger_before_its_anchor_or_another_one_is_named, fixture) {
    test::written_registry two(20);
    const std::string before = test::content_of(two.data());
    two.open();
    two.give(7);
    two.close();
    const test::altered_file file(two.data());
    const std::string after = file.original();
    file.write(before);
    const auto told_of_two = [&] { return test::told_by([&] { storage::verify(two.path()); }); };
    BOOST_TEST(names(told_of_two(),
                     "but the signed anchor names " + std::to_string(two.heads().events.seq)));
    file.write(test::content_of(registry.data()));
    BOOST_TEST(names(told_of_two(), "anchored"));
    file.write(after);
    BOOST_TEST(told_of_two() == "");
    storage::must_pass changed = two.heads();
    changed.audit.hash[31] ^= std::byte{1};
    two.anchor_at(changed);
    BOOST_TEST(names(told_of_two(), "audit"));
    changed = two.heads();
    changed.events.seq += 1;
    two.anchor_at(changed);
    BOOST_TEST(names(told_of_two(), "signed anchor names"));
    two.anchor_at(two.heads());
}

// The newest meta page with its number two too low looks like one that the disk refused, and the
// pages are those of the commit before: that a commit is missing is known by the anchor.
BOOST_FIXTURE_TEST_CASE(a_newest_meta_page_in_the_clothes_of_an_older_one_is_named, fixture) {
    const test::altered_file file(registry.data());
    std::string bytes = file.original();
    const auto transaction = [&](std::size_t page) {
        std::uint64_t n = 0;
        std::memcpy(&n, bytes.data() + page * 4'096 + 144, sizeof n);
        return n;
    };
    const std::size_t newest = transaction(0) < transaction(1) ? 1 : 0;
    const std::uint64_t lower = transaction(newest) - 2;
    std::memcpy(bytes.data() + newest * 4'096 + 144, &lower, sizeof lower);
    file.write(bytes);
    BOOST_TEST(told() != "");
}

BOOST_FIXTURE_TEST_CASE(records_that_do_not_decode_are_named_though_sealed, fixture) {
    test::written_registry other(20);
    {
        storage::lmdb_ledger ledger(other.path(), storage::lmdb::access::write, 0);
        storage::record_batch events;
        std::ranges::fill(events.add(50), std::byte{0xee});
        ledger.append(events, {}, core::instant{});
    }
    const std::string told = test::told_by([&] { storage::verify(other.path()); });
    BOOST_TEST(names(told, "record " + std::to_string(other.heads().events.seq + 1)));
    BOOST_TEST(names(told, "does not decode"));
}

// A clinic that was never registered: what folds the ledger reaches far out of its memory.
BOOST_FIXTURE_TEST_CASE(a_process_that_dies_of_the_file_takes_nobody_along, fixture) {
    test::written_registry other(20);
    {
        storage::lmdb_ledger ledger(other.path(), storage::lmdb::access::write, 0);
        core::device_enrolled enrolled;
        enrolled.clinic = 0x7fff'ffff;
        storage::record_batch events;
        storage::encode(enrolled, events);
        ledger.append(events, {}, core::instant{});
    }
    const std::string told = test::told_by([&] { storage::verify(other.path()); });
    BOOST_TEST(names(told, "data.mdb is damaged: the process that read it"), told);
}

BOOST_AUTO_TEST_SUITE_END()
