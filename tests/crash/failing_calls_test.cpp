// Every write, sync, open and rename of a run made to fail in its turn: once, and once and for ever
// after. The process ends with a word that says why, nothing acknowledged is lost, nothing is half
// there, and the next start goes on.
#include "tests/crash/fault_of_children.hpp"
#include "tests/crash/loop_disk.hpp"
#include "tests/crash/options.hpp"
#include "tests/crash/witness.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <lmdb.h>

#include <cerrno>
#include <map>
#include <memory>
#include <optional>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(failing_calls, *boost::unit_test::precondition(can_preload))

namespace {

constexpr std::size_t commands = 6;

// A registry that is the same before every run.
class swept_registry {
public:
    // cut: the power goes after each run.
    explicit swept_registry(bool cut = false)
        : cut_(cut), fresh_(scratch_.path() / "fresh"), log_(scratch_.path() / "log"),
          dir_((disk_ ? disk_->path() : scratch_.path()) / "registry") {
        make_demo(fresh_, 4, 200);
    }

    // Until a run comes to its end without having met the fault.
    void sweep(fault f) {
        if (sanitized && f.for_ever) {
            return;
        }
        f.dir = dir_;
        f.log = log_;
        for (f.call = 1;; ++f.call) {
            BOOST_TEST_CONTEXT("call " << f.call << ' ' << f.how << (f.for_ever ? " for ever" : "")
                                       << ", " << mdb_strerror(f.error)) {
                if (!run(f)) {
                    break;
                }
            }
        }
        BOOST_TEST(f.call > 40u);
        std::string ends;
        for (const auto& [code, runs] : ends_) {
            ends += ", " + std::to_string(runs) + " ended with " + std::to_string(code);
        }
        BOOST_TEST_MESSAGE(f.call - 1 << " calls " << f.how << (f.for_ever ? " for ever" : "")
                                      << ends);
    }

private:
    // False when the fault was not met.
    bool run(const fault& f) {
        std::filesystem::remove_all(dir_);
        std::filesystem::remove(log_);
        std::filesystem::copy(fresh_, dir_, std::filesystem::copy_options::recursive);
        if (cut_) {
            disk_->sync();
        }
        std::mt19937 random(1);
        witness seen(dir_, 1);
        life(seen, seen.numbers(commands, random), &f);
        if (cut_) {
            disk_->cut();
            disk_->restore();
        }
        const std::string met = line_that_fails(log_);
        BOOST_TEST_CONTEXT(met) {
            seen.look();
            life(seen, seen.numbers(commands, random), nullptr);
            seen.look();
        }
        return !met.empty();
    }

    // One command at a time, so that a run makes the same calls in the same order.
    void life(witness& seen, const std::vector<std::uint32_t>& numbers, const fault* f) {
        std::optional<fault_of_children> failing;
        if (f != nullptr) {
            failing.emplace(*f);
        }
        writer_process writer(dir_, {1, 1, 1'000}, numbers);
        const int code = writer.wait();
        if (f != nullptr) {
            ++ends_[code];
        }
        BOOST_TEST((code == 0 || (f != nullptr && code == 1 && says_why_it_ended(writer.said()))),
                   "ended with " << code << ": " << writer.said());
        seen.hear(writer.acknowledged());
    }

    const bool cut_;
    const temporary_directory scratch_;
    // Where there can be one, because it is in memory: a sweep is hundreds of runs.
    const std::unique_ptr<loop_disk> disk_{
        loop_disk::unavailable().empty() ? std::make_unique<loop_disk>() : nullptr};
    const std::filesystem::path fresh_;
    const std::filesystem::path log_;
    const std::filesystem::path dir_;
    std::map<int, unsigned> ends_;
};

fault failing(const char* how, int error, bool for_ever) {
    fault f;
    f.how = how;
    f.error = error;
    f.for_ever = for_ever;
    return f;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_refused) {
    for (const bool for_ever : {false, true}) {
        for (const int error : {EIO, ENOSPC}) {
            swept_registry().sweep(failing("refuse", error, for_ever));
        }
    }
}

// LMDB's own results: no call of the system need have failed.
BOOST_AUTO_TEST_CASE(each_of_lmdbs_refused) {
    for (const bool for_ever : {false, true}) {
        for (const int error : {MDB_MAP_FULL, ENOMEM}) {
            fault f = failing("refuse", error, for_ever);
            f.only = "lmdb";
            swept_registry().sweep(f);
        }
    }
}

BOOST_AUTO_TEST_CASE(each_done_and_yet_an_error) {
    for (const bool for_ever : {false, true}) {
        swept_registry().sweep(failing("after", EIO, for_ever));
    }
}

BOOST_AUTO_TEST_CASE(each_write_half_done) {
    for (const bool for_ever : {false, true}) {
        swept_registry().sweep(failing("half", ENOSPC, for_ever));
    }
}

BOOST_AUTO_TEST_CASE(each_refused_and_then_the_power_cut,
                     *boost::unit_test::precondition(has_loop_disks)) {
    for (const char* const how : {"refuse", "after"}) {
        swept_registry(true).sweep(failing(how, EIO, false));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
