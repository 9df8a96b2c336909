#include "storage/backup.hpp"

#include "storage/verify.hpp"
#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>

BOOST_AUTO_TEST_SUITE(backup)

using namespace doseline;
namespace fs = std::filesystem;
using storage::stream;

namespace {

void say_nothing(std::string_view, std::uint64_t, std::uint64_t) {}

// A registry that a backup can be made of, and a place for it.
struct fixture {
    explicit fixture(std::size_t shots = 60) : registry(shots) {
        write(registry.path() / "ca.pem", "an authority\n");
        write(registry.path() / "server.pem", "a certificate\n");
    }

    static void write(const fs::path& path, std::string_view content) {
        std::ofstream(path, std::ios::binary) << content;
    }
    storage::backed_up back_up() const {
        return storage::backup(registry.path(), file, say_nothing);
    }
    std::string told_by_check() const {
        return test::told_by([&] { storage::check_backup(file, say_nothing); });
    }
    std::string told_by_restore() const {
        return test::told_by([&] { storage::restore(file, dir, say_nothing); });
    }

    test::written_registry registry;
    test::temporary_directory scratch;
    fs::path file = scratch.path() / "backup";
    fs::path dir = scratch.path() / "restored";
};

struct written_batch {
    core::instant at;
    storage::stream_head head;
    std::vector<std::vector<std::byte>> records;

    friend bool operator==(const written_batch&, const written_batch&) = default;
};

std::vector<written_batch> batches_of(const fs::path& dir, stream s) {
    storage::lmdb_ledger ledger(dir, storage::lmdb::access::read);
    const auto reader = ledger.reader();
    std::vector<written_batch> all;
    storage::stream_head head = reader->start(s);
    for (storage::sealed_batch b; reader->next_batch(s, head, b); head = b.head) {
        written_batch one{b.at, b.head, {}};
        for (std::size_t i = 0; i < b.records.size(); ++i) {
            one.records.emplace_back(b.records[i].begin(), b.records[i].end());
        }
        all.push_back(std::move(one));
    }
    return all;
}

bool names(const std::string& told, std::string_view what) {
    return told.find(what) != std::string::npos && told.find('\n') == std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_is_restored_is_what_was_backed_up_byte_for_byte, fixture) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (const std::size_t shots :
         {std::size_t{0}, std::size_t{1}, std::size_t{random() % 200}, std::size_t{400}}) {
        BOOST_TEST_CONTEXT(shots << " shots") {
            const fixture f(shots);
            const storage::backed_up made = f.back_up();
            const storage::backed_up restored = storage::restore(f.file, f.dir, say_nothing);
            BOOST_TEST((made.at == restored.at));
            BOOST_TEST((made.at.heads == f.registry.heads()));
            BOOST_TEST(made.doses == shots);
            BOOST_TEST(made.bytes == fs::file_size(f.file));
            for (const stream s : {stream::events, stream::audit}) {
                BOOST_TEST((batches_of(f.registry.path(), s) == batches_of(f.dir, s)));
            }
            for (const char* const name : {"ca.pem", "server.pem", "anchor.pub"}) {
                BOOST_TEST(test::content_of(f.dir / name) ==
                           test::content_of(f.registry.path() / name));
            }
            const storage::verified v = storage::verify(f.dir);
            BOOST_TEST(v.doses == shots);
            BOOST_TEST((v.anchored == made.at));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_registry_that_grows_is_backed_up_again, fixture) {
    back_up();
    registry.open();
    registry.give(30);
    registry.close();
    const storage::backed_up later =
        storage::backup(registry.path(), scratch.path() / "later", say_nothing);
    BOOST_TEST((later.at.heads == registry.heads()));
    BOOST_TEST((storage::check_backup(file, say_nothing).at != later.at));
}

BOOST_FIXTURE_TEST_CASE(it_is_the_owners_and_holds_no_key, fixture) {
    back_up();
    struct stat facts {};
    BOOST_REQUIRE_EQUAL(::stat(file.c_str(), &facts), 0);
    BOOST_TEST((facts.st_mode & 07777) == 0600u);
    const std::string bytes = test::content_of(file);
    std::size_t keys = 0;
    for (const auto& key : fs::directory_iterator(registry.path() / "keys")) {
        BOOST_TEST(bytes.find(test::content_of(key.path())) == std::string::npos, key.path());
        ++keys;
    }
    BOOST_TEST(keys >= 6u);
    BOOST_TEST(!fs::exists(scratch.path() / "backup.tmp"));
}

BOOST_FIXTURE_TEST_CASE(a_flipped_byte_anywhere_is_refused_and_named, fixture) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const fixture small(2);
    small.back_up();
    const test::altered_file bytes(small.file);
    for (std::size_t at = 0; at < bytes.original().size(); ++at) {
        const unsigned mask = static_cast<unsigned>(random() % 255) + 1;
        bytes.flip(at, mask);
        const std::string told = small.told_by_check();
        bytes.flip(at, mask);
        BOOST_REQUIRE_MESSAGE(names(told, small.file.string()),
                              "byte " << at << " ^ " << mask << ": " << told);
    }
    BOOST_TEST(small.told_by_check() == "");
}

BOOST_FIXTURE_TEST_CASE(a_record_that_was_changed_is_named_by_its_number, fixture) {
    back_up();
    const auto record = registry.record(stream::events, 20);
    const test::altered_file bytes(file);
    const std::size_t at = bytes.original().find(
        std::string_view(reinterpret_cast<const char*>(record.data()), record.size()));
    BOOST_TEST_REQUIRE(at != std::string::npos);
    bytes.flip(at + 30, 1);
    BOOST_TEST(names(told_by_restore(), "does not match its seal"), told_by_restore());
    BOOST_TEST(!fs::exists(dir));
}

BOOST_FIXTURE_TEST_CASE(one_that_is_cut_short_or_continued_is_refused, fixture) {
    back_up();
    const test::altered_file bytes(file);
    for (std::size_t size = 0; size < bytes.original().size(); size += 97) {
        bytes.write(bytes.original().substr(0, size));
        BOOST_TEST(names(told_by_check(), file.string()), size << " bytes");
    }
    bytes.write(bytes.original() + '\0');
    BOOST_TEST(names(told_by_restore(), file.string()));
    BOOST_TEST(!fs::exists(dir));
}

// A backup with the same content, signed by who has not the registry's key.
BOOST_FIXTURE_TEST_CASE(one_that_another_registry_signed_does_not_pass_for_this_ones, fixture) {
    back_up();
    const fixture other;
    other.back_up();
    const std::string own = test::content_of(file);
    const std::string theirs = test::content_of(other.file);
    const test::altered_file bytes(file);
    bytes.write(own.substr(0, own.size() - 64) + theirs.substr(theirs.size() - 64));
    BOOST_TEST(names(told_by_check(), "not signed"));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_there_is_never_overwritten, fixture) {
    write(file, "the last good one");
    BOOST_TEST(names(test::told_by([&] { back_up(); }), "exists"));
    BOOST_TEST(test::content_of(file) == "the last good one");
    BOOST_TEST(names(told_by_check(), "not a backup"));
}

BOOST_FIXTURE_TEST_CASE(a_damaged_ledger_is_named_and_no_file_is_left, fixture) {
    const auto record = registry.record(stream::events, registry.heads().events.seq / 2);
    const std::string_view text(reinterpret_cast<const char*>(record.data()), record.size());
    const test::altered_file data(registry.data());
    for (std::size_t at = data.original().find(text); at != std::string::npos;
         at = data.original().find(text, at + 1)) {
        data.flip(at + 40, 4);
    }
    BOOST_TEST(names(test::told_by([&] { back_up(); }), "damaged at record"));
    BOOST_TEST(fs::is_empty(scratch.path()));
}

BOOST_FIXTURE_TEST_CASE(a_ledger_that_was_not_anchored_is_not_backed_up, fixture) {
    storage::must_pass heads = registry.heads();
    heads.events.hash[0] ^= std::byte{1};
    registry.anchor_at(heads);
    BOOST_TEST(names(test::told_by([&] { back_up(); }), "anchored"));
    heads = registry.heads();
    ++heads.audit.seq;
    registry.anchor_at(heads);
    BOOST_TEST(names(test::told_by([&] { back_up(); }), "anchored"));
    BOOST_TEST(fs::is_empty(scratch.path()));
}

BOOST_FIXTURE_TEST_CASE(whoever_stops_it_finds_nothing_half_done, fixture) {
    for (const std::string_view when : {"copying", "checking"}) {
        const auto stop = [&](std::string_view doing, std::uint64_t, std::uint64_t) {
            if (doing == when) {
                throw std::runtime_error("stopped");
            }
        };
        BOOST_TEST(test::told_by([&] { storage::backup(registry.path(), file, stop); }) ==
                   "stopped");
        BOOST_TEST(fs::is_empty(scratch.path()));
    }
    back_up();
    fs::path empty = scratch.path() / "empty";
    fs::create_directory(empty);
    for (const std::string_view when : {"checking", "restoring"}) {
        const auto stop = [&](std::string_view doing, std::uint64_t done, std::uint64_t of) {
            if (doing == when && done > of / 2) {
                throw std::runtime_error("stopped");
            }
        };
        BOOST_TEST(test::told_by([&] { storage::restore(file, dir, stop); }) == "stopped");
        BOOST_TEST(!fs::exists(dir));
        BOOST_TEST(test::told_by([&] { storage::restore(file, empty, stop); }) == "stopped");
        BOOST_TEST(fs::is_empty(empty));
    }
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_holds_anything_is_left_alone, fixture) {
    back_up();
    fs::create_directory(dir);
    write(dir / "letter.txt", "x");
    BOOST_TEST(names(told_by_restore(), "not empty"));
    BOOST_TEST(test::content_of(dir / "letter.txt") == "x");
}

// More records than a restore puts into one commit, and exactly as many.
BOOST_FIXTURE_TEST_CASE(many_records_are_restored_in_several_commits, fixture) {
    constexpr std::size_t most = core::limits::restore_commit_records;
    for (const std::size_t records : {most, most + 1}) {
        fixture f(2);
        {
            storage::lmdb_ledger ledger(f.registry.path(), storage::lmdb::access::write, 0);
            for (const std::size_t some : {records - f.registry.heads().audit.seq, most}) {
                storage::record_batch audit;
                for (std::size_t n = 0; n < some; ++n) {
                    storage::encode(core::audit_record{}, audit);
                }
                ledger.append({}, audit, core::instant{});
            }
        }
        const storage::backed_up made = f.back_up();
        BOOST_TEST(made.at.heads.audit.seq == records + most);
        storage::restore(f.file, f.dir, say_nothing);
        BOOST_TEST(
            (batches_of(f.registry.path(), stream::audit) == batches_of(f.dir, stream::audit)));
    }
}

BOOST_FIXTURE_TEST_CASE(small_files_in_it_have_a_limit, fixture) {
    const std::string most(core::limits::backup_file_bytes_max, 'x');
    write(registry.path() / "ca.pem", most);
    back_up();
    storage::restore(file, dir, say_nothing);
    BOOST_TEST(test::content_of(dir / "ca.pem") == most);
    write(registry.path() / "ca.pem", most + 'x');
    BOOST_TEST(names(test::told_by([&] {
                         storage::backup(registry.path(), scratch.path() / "more", say_nothing);
                     }),
                     "File too large"));
}

BOOST_AUTO_TEST_SUITE_END()
