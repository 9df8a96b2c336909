// An import of more rows than one commit takes: every call of it made to fail in its turn, and
// killed on its way. Whatever it was, all rows are there or none, and none of it is in the way of
// the same import again.
#include "tests/crash/fault_of_children.hpp"
#include "tests/crash/stopped_registry.hpp"
#include "tests/support/program.hpp"
#include "tests/support/sanitized.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <sstream>
#include <thread>

extern char** environ;

namespace doseline::test {

namespace {

namespace fs = std::filesystem;

int lines_but_progress(const std::string& text) {
    std::istringstream in(text);
    int lines = 0;
    for (std::string line; std::getline(in, line);) {
        lines += line.starts_with("importing ") ? 0 : 1;
    }
    return lines;
}

// A registry and a file of persons for it, the same before every run.
class importing_registry {
public:
    explicit importing_registry(unsigned rows) : rows_(rows) {
        make_demo(fresh_, 3, 50);
        std::string text = "national_id,programme,date,clinic\n";
        for (unsigned n = 0; n < rows; ++n) {
            text += synthetic_person(n) + ",demo,2016-10-04," + demo_clinics(fresh_)[0].code + '\n';
        }
        write_content(file_, text);
    }

    // Refuses the first calls one by one, and from then on one in so many.
    void sweep(unsigned one_by_one, unsigned then_every) {
        fault f;
        f.dir = dir_;
        f.how = "refuse";
        f.error = EIO;
        f.log = log_;
        for (f.call = 1;; f.call += f.call < one_by_one ? 1 : then_every) {
            BOOST_TEST_CONTEXT("call " << f.call) {
                renew();
                run_result r;
                {
                    const fault_of_children failing(f);
                    r = import();
                }
                BOOST_TEST((r.exit_code == 0 || r.exit_code == 1), r.err);
                BOOST_TEST(lines_but_progress(r.err) == r.exit_code, r.err);
                if (content_of(log_).find(" fails\n") == std::string::npos) {
                    break;
                }
                all_or_nothing();
            }
        }
        BOOST_TEST(f.call > 40u);
    }

    // Killed when the file has grown by that many bytes.
    void kill_at(std::uintmax_t growth) {
        renew();
        const auto data = dir_ / "ledger" / "data.mdb";
        const std::uintmax_t before = fs::file_size(data);
        const pid_t importing = begin_import();
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (fs::file_size(data) < before + growth) {
            BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < deadline));
            std::this_thread::yield();
        }
        ::kill(importing, SIGKILL);
        int status = 0;
        BOOST_TEST_REQUIRE(::waitpid(importing, &status, 0) == importing);
        all_or_nothing();
    }

    unsigned nothing = 0;
    unsigned all = 0;

private:
    void renew() const {
        fs::remove_all(dir_);
        fs::copy(fresh_, dir_, fs::copy_options::recursive);
        fs::remove(log_);
    }
    run_result import() const {
        return doseline({"import", dir_.string(), "persons", file_.string()});
    }
    pid_t begin_import() const {
        const std::string program = doseline_binary();
        const std::string dir = dir_.string();
        const std::string file = file_.string();
        std::string words[] = {program, "import", dir, "persons", file};
        char* arguments[] = {words[0].data(), words[1].data(), words[2].data(),
                             words[3].data(), words[4].data(), nullptr};
        posix_spawn_file_actions_t silent;
        ::posix_spawn_file_actions_init(&silent);
        for (const int out : {STDOUT_FILENO, STDERR_FILENO}) {
            ::posix_spawn_file_actions_addopen(&silent, out, "/dev/null", O_WRONLY, 0);
        }
        pid_t child = -1;
        BOOST_TEST_REQUIRE(
            ::posix_spawn(&child, program.c_str(), &silent, nullptr, arguments, environ) == 0);
        ::posix_spawn_file_actions_destroy(&silent);
        return child;
    }

    // The events of a registry that verifies.
    std::uint64_t events() const {
        const run_result r = doseline({"verify", dir_.string()});
        BOOST_TEST_REQUIRE(r.exit_code == 0, r.err);
        return std::stoull(r.out.substr(std::string_view("verified: ").size()));
    }
    void all_or_nothing() {
        const std::uint64_t found = events();
        const run_result again = import();
        if (found == fresh_events_) {
            ++nothing;
            BOOST_TEST(again.exit_code == 0, again.err);
        } else {
            ++all;
            BOOST_TEST(found == fresh_events_ + rows_);
            BOOST_TEST(again.err.find(":2:1: national_id is registered already") !=
                       std::string::npos);
        }
        BOOST_TEST(events() == fresh_events_ + rows_);
    }

    const unsigned rows_;
    const temporary_directory scratch_;
    const fs::path fresh_ = scratch_.path() / "fresh";
    const fs::path dir_ = scratch_.path() / "registry";
    const fs::path file_ = scratch_.path() / "persons.csv";
    const fs::path log_ = scratch_.path() / "log";
    const std::uint64_t fresh_events_ = [this] {
        make_demo(dir_, 3, 50);
        const std::uint64_t found = events();
        fs::remove_all(dir_);
        return found;
    }();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(imports)

BOOST_AUTO_TEST_CASE(any_call_that_fails_leaves_all_rows_or_none,
                     *boost::unit_test::precondition(can_preload)) {
    importing_registry registry(50'100);
    registry.sweep(sanitized ? 1 : 20, sanitized ? 23 : 7);
    BOOST_TEST(registry.nothing > 0u);
    BOOST_TEST(registry.all > 0u);
}

BOOST_AUTO_TEST_CASE(killed_on_its_way_nothing_of_it_is_there) {
    importing_registry registry(sanitized ? 110'000 : 210'000);
    for (const std::uintmax_t megabytes : {1, 3, 6}) {
        registry.kill_at(megabytes << 20);
    }
    BOOST_TEST(registry.nothing > 0u);  // who looks may be late, on a busy machine
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
