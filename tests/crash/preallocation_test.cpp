// The disk refuses what is written ahead of the ledger, fills up, or is cut off meanwhile: the
// server does its work as if nobody had tried.
#include "storage/preallocation.hpp"

#include "tests/crash/fault_of_children.hpp"
#include "tests/crash/loop_disk.hpp"
#include "tests/crash/options.hpp"
#include "tests/crash/stopped_registry.hpp"
#include "tests/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(preallocation)

namespace {

using namespace std::chrono_literals;
using storage::preallocator;

constexpr std::uint64_t mebibyte = 1u << 20;
constexpr std::uint64_t reserve = 16 * mebibyte;
constexpr preallocator::rests no_rests{0ms, 0ms, 1ms};

// A file on a disk of 64 MiB, written ahead.
struct small_disk {
    small_disk() { std::ofstream{file}; }

    std::unique_ptr<preallocator> begin(std::uint64_t kept = reserve) {
        return std::make_unique<preallocator>(
            preallocator::parts{file,
                                [this] {
                                    ++looks;
                                    return used.load();
                                },
                                {64 * mebibyte, kept},
                                [this](std::string_view) { ++told; }},
            no_rests);
    }
    std::uint64_t size() const { return std::filesystem::file_size(file); }
    std::uint64_t free() const { return std::filesystem::space(file).available; }
    bool looked_three_times_more() const {
        const int before = looks;
        return eventually([&] { return looks >= before + 3; });
    }

    loop_disk disk;
    const std::filesystem::path file = disk.path() / "data";
    std::atomic<std::uint64_t> used{0};
    std::atomic<int> looks{0};
    std::atomic<int> told{0};
};

std::size_t lines_with(const std::string& text, const std::string& log) {
    std::size_t lines = 0;
    for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) {
        ++lines;
    }
    return lines;
}

// What it does for the server is refused by the disk; the server does not notice.
void serves_although_it(const char* how, int error) {
    const temporary_directory scratch;
    const std::filesystem::path dir = scratch.path() / "registry";
    const std::filesystem::path log = scratch.path() / "log";
    make_demo(dir, 3, 100);
    fault f;
    f.dir = dir / "ledger";
    f.how = how;
    f.only = "write";  // LMDB has pwrite and writev
    f.for_ever = true;
    f.error = error;
    f.log = log;
    const auto size = std::filesystem::file_size(dir / "ledger" / "data.mdb");
    const fault_of_children failing(f);
    server_process server(dir);
    BOOST_TEST(eventually([&] { return lines_with("preallocation", server.log()) != 0; }));
    clinic_desk desk(dir, server, demo_clinics(dir).front());
    for (unsigned n = 0; n < 20; ++n) {
        BOOST_TEST(desk.register_dose(new_key(), person_body(synthetic_person(n))).status == 201u);
    }
    BOOST_TEST(number_of(operator_desk(dir, server).fresh_proof(), "drift") == 0);
    BOOST_TEST(server.terminate() == 0);
    BOOST_TEST(lines_with("preallocation", server.log()) == 1u, server.log());
    BOOST_TEST(lines_with(" fails", content_of(log)) == 1u);  // not again and again
    BOOST_TEST(std::filesystem::file_size(dir / "ledger" / "data.mdb") < size + mebibyte);
    const run_result verified = doseline({"verify", dir.string()});
    BOOST_TEST(verified.exit_code == 0, verified.err);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_disk_that_refuses_it_changes_nothing,
                     *boost::unit_test::precondition(can_preload)) {
    serves_although_it("refuse", ENOSPC);
    serves_although_it("refuse", EIO);
    serves_although_it("after", EIO);
}

// Soft, as a shell's is, and met by the file's end: not by what is used of it.
BOOST_AUTO_TEST_CASE(nor_does_a_limit_on_the_size_of_files) {
    const temporary_directory scratch;
    const std::filesystem::path dir = scratch.path() / "registry";
    make_demo(dir, 3, 100);
    rlimit before{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto size = std::filesystem::file_size(dir / "ledger" / "data.mdb");
    const rlimit limit{size + mebibyte, before.rlim_max};
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &limit) == 0);
    server_process server(dir);
    ::setrlimit(RLIMIT_FSIZE, &before);
    BOOST_TEST(eventually([&] { return lines_with("preallocation", server.log()) != 0; }));
    clinic_desk desk(dir, server, demo_clinics(dir).front());
    BOOST_TEST(desk.register_dose(new_key(), person_body(synthetic_person(0))).status == 201u);
    BOOST_TEST(server.terminate() == 0);
}

// A small disk is the ledger's, not zeros'; near the reserve it has none, and comes back.
BOOST_AUTO_TEST_CASE(a_small_disk_has_few_and_a_full_one_none,
                     *boost::unit_test::precondition(has_loop_disks)) {
    small_disk d;
    const std::uint64_t free = d.free();
    d.used = 60 * mebibyte;  // of a file that is there to be looked at, not to fill the disk
    std::filesystem::resize_file(d.file, d.used);
    {
        const auto writing = d.begin();
        BOOST_TEST(eventually([&] { return d.size() > d.used + 2 * mebibyte; }));
        BOOST_TEST(d.looked_three_times_more());
        BOOST_TEST(d.size() <= d.used + (free - reserve) / 8);

        d.disk.fill_up_to(reserve + mebibyte);
        d.used = d.size();
        BOOST_TEST(d.looked_three_times_more());  // what was under way has ended
        const std::uint64_t before = d.size();
        BOOST_TEST(d.looked_three_times_more());
        BOOST_TEST(d.size() == before);
        BOOST_TEST(d.free() >= reserve);
        d.disk.free_again();
        BOOST_TEST(eventually([&] { return d.size() > before + 2 * mebibyte; }));
    }
    BOOST_TEST(d.told == 0);
}

// The same disk cut off while it writes: what had been synced before is there, whatever is behind.
BOOST_AUTO_TEST_CASE(a_cut_while_it_writes_takes_nothing_that_was_there,
                     *boost::unit_test::precondition(has_loop_disks)) {
    std::mt19937 random(seed_of_run());
    for (int round = 0; round < 5; ++round) {
        small_disk d;
        const std::string there(40 * 4'096, 'x');
        write_content(d.file, there);
        d.used = there.size();
        d.disk.sync();
        auto writing = d.begin(0);
        BOOST_TEST(eventually([&] { return d.looks > 0; }));
        // At any moment of the 4 MiB that it writes; nothing waits for its end.
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
        d.disk.cut();
        BOOST_TEST(d.looked_three_times_more());
        writing.reset();
        d.disk.restore();
        const std::string now = content_of(d.file);
        BOOST_TEST(now.starts_with(there));
        BOOST_TEST(now.find_first_not_of('\0', there.size()) == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
