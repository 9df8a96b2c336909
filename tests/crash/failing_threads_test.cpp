// Each thread of a server's start refused in its turn, as where a limit on threads is met: those
// that are there already end, and so does the process, with a word that says what to do.
#include "tests/crash/fault_of_children.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(failing_threads, *boost::unit_test::precondition(can_preload))

namespace {

// Null when it does not come to be ready; then what it said.
std::unique_ptr<server_process> started(const fault& f, std::string& said) {
    std::filesystem::remove(f.dir.string() + ".err");
    const fault_of_children failing(f);
    try {
        return std::make_unique<server_process>(f.dir);
    } catch (const std::runtime_error& e) {
        said = e.what();
        return nullptr;
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_start_that_gets_no_more_threads_ends_and_says_so_in_one_line) {
    const temporary_directory scratch;
    fault f;
    f.dir = scratch.path() / "registry";
    f.log = scratch.path() / "log";
    f.how = "refuse";
    f.only = "pthread_create";
    f.error = EAGAIN;
    make_demo(f.dir, 2, 10);
    std::unique_ptr<server_process> server;
    for (; !server; ++f.call) {
        std::string said;
        BOOST_TEST_CONTEXT("thread " << f.call) {
            server = started(f, said);
            if (!server) {
                BOOST_TEST(said.starts_with("serve ended with 1: doseline: "), said);
                BOOST_TEST(said.find("ulimit -u") != std::string::npos, said);
                BOOST_TEST(std::ranges::count(said, '\n') == 1, said);
            }
        }
        BOOST_TEST_REQUIRE(f.call < 100u);
    }
    // The reactors, the one for operators too, and the thread beside each; the committer.
    BOOST_TEST(f.call > 3u * 2 + 1);
    BOOST_TEST(line_that_fails(f.log) != "");
    BOOST_TEST(server->terminate() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
