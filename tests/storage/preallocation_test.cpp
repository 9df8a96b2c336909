#include "storage/preallocation.hpp"

#include "storage/lmdb_ledger.hpp"
#include "storage/page_check.hpp"
#include "storage/verify.hpp"
#include "tests/storage/written_registry.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <new>
#include <numeric>
#include <random>

BOOST_AUTO_TEST_SUITE(preallocation)

using namespace doseline;
using namespace std::chrono_literals;
using storage::file_room;
using storage::preallocator;
using test::eventually;
using amount_ahead = storage::preallocation;

namespace {

constexpr std::uint64_t mebibyte = 1u << 20;
constexpr std::size_t page = 4'096;
constexpr preallocator::rests no_rests{0ms, 0ms, 1ms};

// An empty file and its disk, looked at and written ahead by a preallocator.
struct fixture {
    fixture() { std::ofstream{file}; }

    std::unique_ptr<preallocator> begin(const amount_ahead& amount) {
        return std::make_unique<preallocator>(preallocator::parts{file,
                                                                  [this] {
                                                                      ++looks;
                                                                      return used.load();
                                                                  },
                                                                  amount,
                                                                  [this](std::string_view why) {
                                                                      if (untold > 0) {
                                                                          --untold;
                                                                          throw std::bad_alloc();
                                                                      }
                                                                      said = why;
                                                                      ++told;
                                                                  }},
                                              no_rests);
    }
    std::uint64_t size() const { return std::filesystem::file_size(file); }
    bool looked_three_times_more() const {
        const int before = looks;
        return eventually([&] { return looks >= before + 3; });
    }

    test::temporary_directory directory;
    std::filesystem::path file = directory.path() / "data";
    std::atomic<std::uint64_t> used{0};
    std::atomic<int> looks{0};
    std::atomic<int> told{0};
    int untold = 0;    // so often it cannot be told; set before it begins
    std::string said;  // read when told says that it is there
};

// Skips a test on a disk where there is nothing to test.
boost::test_tools::assertion_result writes_directly(boost::unit_test::test_unit_id) {
    const test::temporary_directory directory;
    const std::string file = directory.path() / "file";
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_DIRECT | O_CLOEXEC, 0600);
    boost::test_tools::assertion_result can(descriptor >= 0);
    can.message() << "the temporary directory's file system knows no direct writes";
    ::close(descriptor);
    return can;
}

// What LMDB does to its file: pages of one commit, old ones and new ones at its end, each at its
// own place, in any order, now and then far behind the others; some of the new ones never.
class page_writer {
public:
    explicit page_writer(const std::filesystem::path& file)
        : descriptor_(::open(file.c_str(), O_RDWR | O_CLOEXEC)) {}
    ~page_writer() { ::close(descriptor_); }

    void commit() {
        constexpr std::size_t pages_max = 64;
        std::vector<std::size_t> numbers(1 + random_() % pages_max);
        std::iota(numbers.begin(), numbers.end(), versions_.size());
        versions_.resize(versions_.size() + numbers.size() +
                         (random_() % 16 == 0 ? random_() % pages_max : 0));
        std::erase_if(numbers, [&](std::size_t) { return random_() % 8 == 0; });
        numbers.push_back(random_() % versions_.size());
        std::ranges::shuffle(numbers, random_);
        for (const std::size_t n : numbers) {
            const std::vector<char> bytes = content(n, ++versions_[n]);
            BOOST_REQUIRE(
                ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(n * page)) ==
                static_cast<ssize_t>(bytes.size()));
        }
    }
    std::uint64_t used() const { return versions_.size() * page; }

    // Each page as it was written last; zeros where none was, and behind.
    bool all_is_there() const {
        std::vector<char> bytes(page);
        for (std::size_t n = 0; n < versions_.size(); ++n) {
            const ssize_t got =
                ::pread(descriptor_, bytes.data(), page, static_cast<off_t>(n * page));
            const bool beyond = got == 0 && versions_[n] == 0;  // nobody has written so far
            if (!beyond &&
                (got != static_cast<ssize_t>(page) || bytes != content(n, versions_[n]))) {
                return false;
            }
        }
        return true;
    }

private:
    static std::vector<char> content(std::size_t n, unsigned version) {
        std::vector<char> bytes(page);
        for (std::size_t i = 0; version != 0 && i < page; ++i) {
            bytes[i] = static_cast<char>(1 + (n + version + i) % 251);
        }
        return bytes;
    }

    const int descriptor_;
    std::mt19937 random_{1};
    std::vector<unsigned> versions_;  // of each page; 0: never written
};

}  // namespace

BOOST_AUTO_TEST_CASE(as_much_as_is_used_within_bounds) {
    const amount_ahead amount{64 * mebibyte, 0};
    const std::uint64_t free = 1'000'000 * mebibyte;
    BOOST_TEST(amount.wanted({0, 0, free}) == 4 * mebibyte);
    BOOST_TEST(amount.wanted({5 * mebibyte, 5 * mebibyte, free}) == 5 * mebibyte);
    BOOST_TEST(amount.wanted({900 * mebibyte, 900 * mebibyte, free}) == 64 * mebibyte);
    BOOST_TEST((amount_ahead{mebibyte, 0}.wanted({0, 0, free})) == mebibyte);
}

BOOST_AUTO_TEST_CASE(an_eighth_of_what_is_above_the_reserve_with_what_is_ahead) {
    const amount_ahead amount{64 * mebibyte, 100 * mebibyte};
    const std::uint64_t used = 500 * mebibyte;
    BOOST_TEST(amount.wanted({used, used, 180 * mebibyte}) == 10 * mebibyte);
    BOOST_TEST(amount.wanted({used + 10 * mebibyte, used, 170 * mebibyte}) == 10 * mebibyte);
    BOOST_TEST(amount.wanted({used, used, 100 * mebibyte}) == 0u);
    BOOST_TEST(amount.wanted({used, used, 0}) == 0u);
}

BOOST_AUTO_TEST_CASE(it_begins_at_half_and_goes_on_to_the_whole) {
    const amount_ahead amount{64 * mebibyte, 0};
    const std::uint64_t used = 500 * mebibyte;
    const auto wants = [&](std::uint64_t ahead, bool filling) {
        return amount.wants_chunk({used + ahead, used, 1'000'000 * mebibyte}, filling);
    };
    BOOST_TEST(wants(32 * mebibyte - amount_ahead::chunk, false));
    BOOST_TEST(!wants(32 * mebibyte - amount_ahead::chunk + 1, false));
    BOOST_TEST(wants(64 * mebibyte - amount_ahead::chunk, true));
    BOOST_TEST(!wants(64 * mebibyte - amount_ahead::chunk + 1, true));
}

BOOST_AUTO_TEST_CASE(no_chunk_takes_the_disk_below_its_reserve_or_more_than_was_asked_for) {
    BOOST_TEST(rc::check([] {
        const auto bytes = [] { return *rc::gen::inRange<std::uint64_t>(0, 1u << 30); };
        const amount_ahead amount{bytes(), bytes()};
        const std::uint64_t used = bytes();
        const file_room now{*rc::gen::element(used, used + bytes() / 16, bytes()), used, bytes()};
        if (amount.wants_chunk(now, *rc::gen::arbitrary<bool>())) {
            RC_ASSERT(now.free >= amount.disk_reserve + amount_ahead::chunk);
            RC_ASSERT(std::max(now.size, used) - used + amount_ahead::chunk <= amount.most);
        }
    }));
}

BOOST_FIXTURE_TEST_CASE(it_keeps_ahead_and_leaves_zeros, fixture,
                        *boost::unit_test::precondition(writes_directly)) {
    auto writing = begin({8 * mebibyte, 0});
    BOOST_TEST(eventually([&] { return size() == 4 * mebibyte; }));
    used = 3 * mebibyte;
    BOOST_TEST(eventually([&] { return size() == 7 * mebibyte; }));
    used = 32 * mebibyte;  // it was not as quick as who uses it
    std::filesystem::resize_file(file, used);
    BOOST_TEST(eventually([&] { return size() == 40 * mebibyte; }));
    writing.reset();
    BOOST_TEST(told == 0);
    BOOST_TEST(size() == 40 * mebibyte);
    BOOST_TEST(std::ranges::all_of(test::content_of(file), [](char c) { return c == 0; }));
    writing = begin({8 * mebibyte, 0});
    BOOST_TEST(looked_three_times_more());
    BOOST_TEST(size() == 40 * mebibyte);
}

BOOST_FIXTURE_TEST_CASE(nothing_that_another_writes_is_lost, fixture,
                        *boost::unit_test::precondition(writes_directly)) {
    page_writer pages(file);
    auto writing = begin({4 * amount_ahead::chunk, 0});
    bool was_ahead = false;
    for (int commits = 0; commits < 1'500; ++commits) {
        pages.commit();
        used = pages.used();
        was_ahead = was_ahead || size() > used;
    }
    BOOST_TEST(eventually([&] { return size() >= used + amount_ahead::chunk; }));
    writing.reset();
    BOOST_TEST(was_ahead);
    BOOST_TEST(pages.all_is_there());
    BOOST_TEST(told == 0);
}

BOOST_FIXTURE_TEST_CASE(below_the_reserve_it_writes_nothing, fixture,
                        *boost::unit_test::precondition(writes_directly)) {
    const auto writing =
        begin({64 * mebibyte, std::filesystem::space(directory.path()).capacity * 2});
    BOOST_TEST(looked_three_times_more());
    BOOST_TEST(size() == 0u);
    BOOST_TEST(told == 0);
}

BOOST_FIXTURE_TEST_CASE(what_refuses_direct_writes_is_told_once_and_tried_again, fixture,
                        *boost::unit_test::precondition(writes_directly)) {
    const auto other = directory.path() / "other";
    std::filesystem::rename(file, other);
    std::filesystem::create_symlink("/dev/null", file);
    const auto writing = begin({64 * mebibyte, 0});
    BOOST_TEST_REQUIRE(eventually([&] { return told == 1; }));
    BOOST_TEST(said.find("Invalid argument") != std::string::npos, said);
    std::filesystem::rename(other, file);
    BOOST_TEST(eventually([&] { return size() == 4 * mebibyte; }));
    BOOST_TEST(told == 1);
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_told_ends_nothing_and_is_told_later, fixture) {
    std::filesystem::remove(file);
    untold = 3;
    const auto writing = begin({64 * mebibyte, 0});
    BOOST_TEST(eventually([&] { return told == 1; }));
    BOOST_TEST(said.find("No such file") != std::string::npos, said);
    BOOST_TEST(untold == 0);
}

// As a disk that was full leaves it. LMDB writes its next page there; then all is well again.
BOOST_FIXTURE_TEST_CASE(a_torn_page_at_the_end_stays_and_is_waited_for, fixture,
                        *boost::unit_test::precondition(writes_directly)) {
    const std::string torn(100, 'x');
    std::ofstream(file) << torn;
    const auto writing = begin({64 * mebibyte, 0});
    BOOST_TEST(looked_three_times_more());
    BOOST_TEST(test::content_of(file).starts_with(torn));
    BOOST_TEST(told == (size() == torn.size() ? 1 : 0));  // some file systems write there, too
    std::filesystem::resize_file(file, (size() + page - 1) / page * page);
    BOOST_TEST(eventually([&] { return size() > 3 * mebibyte; }));
    BOOST_TEST(test::content_of(file).starts_with(torn));
}

// Whatever a power cut leaves behind the last page: it is not looked at, and written over.
BOOST_AUTO_TEST_CASE(what_is_behind_the_last_page_does_not_count) {
    test::written_registry registry(60);
    const std::string whole = test::content_of(registry.data());
    std::mt19937 random(1);
    std::string rubbish(40 * page + 100, '\0');
    std::ranges::generate(rubbish, [&] { return static_cast<char>(random()); });
    for (const std::string& behind :
         {std::string(40 * page, '\0'), rubbish, whole.substr(0, 40 * page)}) {
        std::ofstream(registry.data(), std::ios::binary | std::ios::app) << behind;
        storage::check_pages(registry.path() / "ledger");
        BOOST_TEST(storage::verify(registry.path()).doses == registry.doses());
        registry.open();
        registry.give(60);
        registry.close();
        BOOST_TEST(storage::verify(registry.path()).doses == registry.doses());
    }
}

BOOST_FIXTURE_TEST_CASE(a_ledger_grows_into_it, fixture,
                        *boost::unit_test::precondition(writes_directly)) {
    test::written_registry registry(60);
    storage::lmdb_ledger ledger(registry.path(), storage::lmdb::access::write, 0);
    file = ledger.file();
    const auto before = ledger.used_bytes();
    {
        const preallocator writing({file,
                                    [&] { return ledger.used_bytes(); },
                                    {amount_ahead::default_most, 0},
                                    [](std::string_view) {}},
                                   no_rests);
        storage::record_batch records;
        for (int n = 0; n < 100; ++n) {
            std::ranges::fill(records.add(192), std::byte(n));
        }
        while (ledger.used_bytes() < before + 4 * mebibyte) {
            ledger.append({}, records, core::instant{});
        }
        BOOST_TEST(eventually([&] { return size() >= ledger.used_bytes() + 2 * mebibyte; }));
    }
    storage::check_pages(registry.path() / "ledger");
    const auto reader = ledger.reader();
    const auto end = reader->check(
        storage::stream::audit, [](core::sequence, std::span<const std::byte>) { return true; },
        [](const storage::stream_head&) {});
    BOOST_CHECK(end == ledger.head(storage::stream::audit));
}

BOOST_AUTO_TEST_SUITE_END()
