#include "storage/page_check.hpp"

#include "tests/storage/written_registry.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

BOOST_AUTO_TEST_SUITE(page_check)

using namespace doseline;

namespace {

constexpr std::size_t page = 4'096;
constexpr std::size_t transaction_at = 144;  // in a meta page: the last of its numbers
constexpr std::size_t meta_end = 152;

std::uint64_t number_in(const std::string& file, std::size_t offset) {
    std::uint64_t n = 0;
    std::memcpy(&n, file.data() + offset, sizeof n);
    return n;
}

std::size_t newest_meta(const std::string& file) {
    return number_in(file, transaction_at) < number_in(file, page + transaction_at) ? page : 0;
}

struct fixture {
    const test::written_registry& registry = test::shared_registry();
    test::altered_file file{registry.data()};
    std::size_t newest = newest_meta(file.original());
    std::size_t older = page - newest;

    std::string told() const {
        return test::told_by([&] { storage::check_pages(registry.path() / "ledger"); });
    }
    std::string told_of_flip(std::size_t offset, unsigned mask) const {
        file.flip(offset, mask);
        const std::string what = told();
        file.flip(offset, mask);
        return what;
    }
};

bool names(const std::string& told, std::string_view what) {
    return told.find(what) != std::string::npos && told.find('\n') == std::string::npos &&
           told.find("data.mdb") != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_whole_file_passes, fixture) {
    BOOST_TEST(told() == "");
    // The test's own eyes: the season must be such that there is something to check.
    BOOST_TEST(file.original().size() > 40 * page);
    BOOST_TEST(number_in(file.original(), newest + transaction_at) > 50u);
}

BOOST_FIXTURE_TEST_CASE(every_flipped_byte_of_the_newest_meta_page_is_named, fixture) {
    for (std::size_t i = 0; i < page; ++i) {
        for (const unsigned mask : {0x01u, 0xffu}) {
            const std::string what = told_of_flip(newest + i, mask);
            BOOST_REQUIRE_MESSAGE(names(what, "damaged"), "byte " << i << " ^ " << mask);
        }
    }
    BOOST_TEST(told() == "");
}

// Any change of a byte, not only these two; but for the one that looks like a commit that the disk
// refused, which only the anchor tells (see verify_test).
BOOST_FIXTURE_TEST_CASE(every_change_of_a_byte_of_the_newest_meta_is_named, fixture) {
    std::size_t unnamed = 0;
    for (std::size_t i = 0; i < meta_end; ++i) {
        for (unsigned mask = 1; mask < 256; ++mask) {
            if (told_of_flip(newest + i, mask).empty()) {
                ++unnamed;
                file.flip(newest + i, mask);
                BOOST_TEST(number_in(test::content_of(registry.data()), newest + transaction_at) +
                               2 ==
                           number_in(file.original(), newest + transaction_at));
                file.flip(newest + i, mask);
            }
        }
    }
    BOOST_TEST(unnamed <= 1u);
}

BOOST_FIXTURE_TEST_CASE(what_no_commit_writes_is_named_in_the_older_meta_page_too, fixture) {
    constexpr std::size_t written_from = 32;  // by each commit, to meta_end
    for (std::size_t i = 0; i < page; ++i) {
        if (i < written_from || i >= meta_end) {
            BOOST_REQUIRE_MESSAGE(names(told_of_flip(older + i, 0x01), "damaged"), "byte " << i);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(an_older_snapshot_that_claims_to_be_newer_is_named, fixture) {
    // From n - 1 to n + 1, so that the two numbers and their places look right.
    const std::uint64_t n = number_in(file.original(), newest + transaction_at);
    const auto mask = static_cast<unsigned>(((n - 1) ^ (n + 1)) & 0xff);
    BOOST_TEST_REQUIRE(((n - 1) ^ (n + 1)) == mask);
    BOOST_TEST(names(told_of_flip(older + transaction_at, mask), "damaged"));
}

// LMDB puts the numbers before back when the disk refuses a meta page; a power cut may leave any
// mixture of what a failed commit wrote, except for the transaction's number, the last.
BOOST_FIXTURE_TEST_CASE(a_torn_older_meta_page_is_no_damage, fixture) {
    constexpr std::size_t trees_begin = 40;
    constexpr std::size_t free_list_fixed_end = 46;  // page size and kind stay as they are
    constexpr std::size_t tables_begin = 88;
    constexpr std::size_t trees_end = 136;
    for (std::size_t i = free_list_fixed_end; i < trees_end; ++i) {
        if (i < tables_begin || i >= tables_begin + free_list_fixed_end - trees_begin) {
            BOOST_REQUIRE_MESSAGE(told_of_flip(older + i, 0xff).empty(), "byte " << i);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_page_of_a_tree_that_is_changed_in_its_header_is_named, fixture) {
    // The root of the tables, from the newest meta page.
    const std::size_t root = number_in(file.original(), newest + 128) * page;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i != 8 && i != 9) {  // padding, which LMDB leaves as memory was
            BOOST_REQUIRE_MESSAGE(names(told_of_flip(root + i, 0x01), "page "), "byte " << i);
            BOOST_REQUIRE_MESSAGE(names(told_of_flip(root + i, 0xff), "page "), "byte " << i);
        }
    }
}

// Threads share a tree, and what each of them has met is added up: held against the tree's record,
// which lies behind its name in the root of the tables.
BOOST_FIXTURE_TEST_CASE(a_tree_that_has_not_what_is_said_of_it_is_named, fixture) {
    const std::size_t root = number_in(file.original(), newest + 128) * page;
    const std::string_view tables = std::string_view(file.original()).substr(root, page);
    for (const std::string_view table : {"book.1.events", "book.1.audit"}) {
        const std::size_t record = tables.find(table) + table.size();
        BOOST_TEST_REQUIRE(record < page);
        const std::array<std::pair<std::size_t, const char*>, 4> figures{
            {{8, "branch pages"}, {16, "leaf pages"}, {24, "overflow pages"}, {32, "entries"}}};
        for (const auto& [at, what] : figures) {
            const std::string told = told_of_flip(root + record + at, 0x01);
            BOOST_TEST(names(told, what), told);
            BOOST_TEST(names(told, table), told);
        }
    }
}

// Whatever part of the tree meets it first.
BOOST_FIXTURE_TEST_CASE(a_page_in_two_trees_is_named, fixture) {
    const std::size_t root = number_in(file.original(), newest + 128) * page;
    const std::string_view tables = std::string_view(file.original()).substr(root, page);
    const auto root_of = [&](std::string_view table) {
        return root + tables.find(table) + table.size() + 40;
    };
    std::string bytes = file.original();
    bytes.replace(root_of("book.1.events"), 8, bytes, root_of("book.1.audit"), 8);
    file.write(bytes);
    const std::string what = told();
    file.write(file.original());
    BOOST_TEST((names(what, "has an owner already") || names(what, "is not a ")), what);
}

BOOST_FIXTURE_TEST_CASE(a_file_cut_short_is_named_or_lacks_free_pages_alone, fixture) {
    const std::string& whole = file.original();
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{151}, page - 1, page,
                                   2 * page - 1, 2 * page, 3 * page, whole.size() / 2}) {
        file.write(whole.substr(0, size));
        BOOST_TEST(names(told(), "damaged"), "cut to " << size);
    }
    // From the end on: as soon as one cut is named, all shorter files are.
    bool named = false;
    for (std::size_t pages = whole.size() / page; pages > 2; --pages) {
        file.write(whole.substr(0, pages * page - 1));
        const bool now = !told().empty();
        BOOST_TEST((now || !named));
        named = now;
    }
    BOOST_TEST(named);
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_not_there_is_named, fixture) {
    std::filesystem::remove(registry.data());
    BOOST_TEST(names(told(), "No such file"));
    std::filesystem::create_directory(registry.data());
    BOOST_TEST(names(told(), "not a file"));
    std::filesystem::remove(registry.data());
    file.write(file.original());
    BOOST_TEST(told() == "");
}

BOOST_FIXTURE_TEST_CASE(no_bytes_at_all_make_it_fall, fixture) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const auto up_to = [&](std::size_t n) { return random() % n; };
    for (int round = 0; round < 600; ++round) {
        std::string bytes = file.original();
        // Single bytes, and runs of what a number could be: zeros, ones, another page's bytes.
        for (std::size_t n = up_to(30) + 1; n > 0; --n) {
            const std::size_t at = up_to(3) == 0 ? up_to(2 * page) : up_to(bytes.size());
            const std::size_t length =
                std::min<std::size_t>(up_to(2) * up_to(64) + 1, bytes.size() - at);
            const std::size_t from = up_to(bytes.size() - length);
            const int how = static_cast<int>(up_to(4));
            for (std::size_t i = 0; i < length; ++i) {
                bytes[at + i] = how == 0   ? '\0'
                                : how == 1 ? '\xff'
                                : how == 2 ? bytes[from + i]
                                           : static_cast<char>(random());
            }
        }
        file.write(bytes);
        told();  // whatever it says
    }
    file.write(file.original());
    BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(page_check_of_a_growing_file)

using namespace doseline;

// LMDB's first transaction has no one before it, and frees no page.
BOOST_AUTO_TEST_CASE(each_of_the_first_commits_passes) {
    const test::temporary_directory dir;
    const auto told = [&] {
        return test::told_by([&] { storage::check_pages(dir.path() / "ledger"); });
    };
    {
        std::filesystem::create_directory(dir.path() / "ledger");
        const storage::lmdb::environment env(dir.path() / "ledger", storage::lmdb::access::write,
                                             core::limits::map_bytes);
        BOOST_TEST(told() == "");
        storage::lmdb::transaction given_up(env, storage::lmdb::access::write);
        given_up.make_table("given up", true);
    }
    BOOST_TEST(told() == "");
    std::filesystem::remove_all(dir.path() / "ledger");
    storage::lmdb_ledger::create(dir.path(), 2016);
    BOOST_TEST(told() == "");
    for (int opened = 0; opened < 3; ++opened) {
        storage::lmdb_ledger ledger(dir.path(), storage::lmdb::access::write, 0);
        BOOST_TEST(told() == "");
        for (int commits = 0; commits < 3; ++commits) {
            storage::record_batch events;
            events.add(192);
            ledger.append(events, {}, core::instant{});
            BOOST_TEST(told() == "");
            ledger.append({}, {}, core::instant{});
            BOOST_TEST(told() == "");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_ledger_killed_at_any_moment_is_whole) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const test::temporary_directory dir;
    storage::lmdb_ledger::create(dir.path(), 2016);
    for (int round = 0; round < 25; ++round) {
        std::array<int, 2> ends;
        BOOST_TEST_REQUIRE(::pipe(ends.data()) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            storage::lmdb_ledger ledger(dir.path(), storage::lmdb::access::write, 0);
            storage::record_batch events;
            for (std::uint64_t n = 0;; ++n) {
                events.clear();
                for (std::uint64_t i = 0; i < n * 7 % 40 + 1; ++i) {
                    std::ranges::fill(events.add(i % 11 == 0 ? 2'600 : 192), std::byte(n));
                }
                ledger.append(events, {}, core::instant{});
                if (::write(ends[1], "", 1) != 1) {
                    ::_exit(1);
                }
            }
        }
        // Somewhere behind that commit: the next one is under way.
        for (unsigned commits = static_cast<unsigned>(random() % 30) + 1; commits > 0; --commits) {
            char byte = 0;
            BOOST_TEST_REQUIRE(::read(ends[0], &byte, 1) == 1);
        }
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        ::close(ends[0]);
        ::close(ends[1]);
        const std::string told =
            test::told_by([&] { storage::check_pages(dir.path() / "ledger"); });
        BOOST_TEST_REQUIRE(told == "");
    }
}

BOOST_AUTO_TEST_SUITE_END()
