// The power goes, and with it everything that was not synced: nothing acknowledged is lost, nothing
// is half there, and the same command is answered as before.
#include "core/limits.hpp"
#include "storage/verify.hpp"
#include "tests/crash/fault_of_children.hpp"
#include "tests/crash/lives.hpp"
#include "tests/crash/loaded_registry.hpp"
#include "tests/crash/loop_disk.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(power_cut, *boost::unit_test::precondition(has_loop_disks))

namespace {

constexpr unsigned cuts_of_a_registry = 10;  // after it, sending all again takes too long

std::string last_line_of(const std::string& path) {
    std::ifstream file(path);
    std::string last;
    for (std::string line; std::getline(file, line); last = line) {
    }
    return last;
}

}  // namespace

// The rig itself: without these, the others would prove nothing.
BOOST_AUTO_TEST_CASE(what_was_not_synced_is_gone) {
    loop_disk disk;
    const std::string synced = disk.path() / "synced";
    const std::string unsynced = disk.path() / "unsynced";
    std::ofstream(synced) << "here";
    const int file = ::open(synced.c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_TEST(::fsync(file) == 0);
    std::ofstream(unsynced) << "gone";
    disk.cut();
    BOOST_TEST(::fsync(file) == -1);
    ::close(file);
    disk.restore();
    BOOST_TEST(std::filesystem::file_size(synced) == 4u);
    BOOST_TEST(!std::filesystem::exists(unsynced));
}

BOOST_AUTO_TEST_CASE(a_disk_that_lies_is_found_out, *boost::unit_test::precondition(can_preload)) {
    loop_disk disk;
    const std::filesystem::path dir = disk.path() / "registry";
    make_demo_on_small_disk(dir, 4, 200);
    disk.sync();
    witness seen(dir, 1);
    std::mt19937 random(1);
    {
        fault f;
        f.dir = dir;
        f.how = "lie";
        f.for_ever = true;
        f.only = "fdatasync";
        const fault_of_children lying(f);
        writer_process writer(dir, {1, 1, 1'000}, seen.numbers(20, random));
        writer.read_until(10);
        disk.cut();
        writer.wait();
        BOOST_TEST(writer.acknowledged().size() >= 10u);
    }
    disk.restore();
    BOOST_CHECK_THROW(storage::verify(dir), storage::fatal_error);
}

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost) {
    const unsigned cuts = from_environment("DOSELINE_CUTS", 10);
    unsigned at_work = 0;
    unsigned round = 0;
    bad_lives lives(seed_of_run());
    for (unsigned done = 0; done < cuts; done += bad_lives::lives_of_a_registry) {
        loop_disk disk;  // after hundreds of cuts, ext4 itself wants a check
        const auto end = [&](writer_process& writer) {
            // The disk alone goes, and the writer must notice; or all at once, answers on their way
            // included.
            const bool disk_alone = ++round % 2 == 0;
            if (!disk_alone) {
                writer.kill();
            }
            disk.cut();
            const int code = writer.wait();
            disk.restore();
            at_work += code != 0 ? 1 : 0;  // 0: it had answered everything
            if (disk_alone && code != 0) {
                BOOST_TEST(code == 1);
                BOOST_TEST(says_why_it_ended(writer.said()), writer.said());
            }
        };
        lives.live(std::min(cuts - done, bad_lives::lives_of_a_registry), disk.path() / "registry",
                   end);
    }
    lives.tell();
    BOOST_TEST_MESSAGE(at_work << " of " << cuts << " cuts met it at work");
}

// The whole program and its clinics: the disk goes, the server says so and ends, and when it is
// back every clinic is told what it was told before.
BOOST_AUTO_TEST_CASE(nothing_that_the_server_acknowledged_is_lost) {
    const unsigned cuts = from_environment("DOSELINE_CUTS_SERVER", 2);
    std::mt19937 seeds(seed_of_run());
    std::size_t recorded = 0;
    std::size_t lost_answers = 0;
    for (unsigned done = 0; done < cuts; done += cuts_of_a_registry) {
        loop_disk disk(4 * core::limits::disk_reserve_bytes);
        loaded_registry registry(static_cast<unsigned>(seeds()), disk.path() / "registry");
        disk.sync();  // a demo's clinics.csv is for people, and not synced
        for (unsigned n = 0; n < std::min(cuts - done, cuts_of_a_registry); ++n) {
            BOOST_TEST_CONTEXT("cut " << done + n) {
                registry.load_until(n, [&](server_process& server) {
                    disk.cut();
                    BOOST_TEST(server.wait() == 1);
                });
                BOOST_TEST(last_line_of(registry.dir().string() + ".err").find("\"fatal\"") !=
                           std::string::npos);
                disk.restore();
                registry.check_and_resend();
            }
        }
        registry.verify();
        recorded += registry.recorded();
        lost_answers += registry.lost_answers();
    }
    BOOST_TEST_MESSAGE(cuts << " cuts, " << recorded << " shots and movements, " << lost_answers
                            << " recorded whose answer was lost");
    require_met(lost_answers, cuts, 200);  // 8 in 100
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
