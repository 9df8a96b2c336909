// Accepts that fail, of whatever the kernel is short: the server neither spins nor goes deaf, says
// so, and takes in who waited as soon as there is enough again.
#include "tests/crash/fault_of_children.hpp"
#include "tests/support/clinic_desk.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <chrono>
#include <future>
#include <string>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(failing_accepts, *boost::unit_test::precondition(can_preload))

using namespace std::chrono_literals;

namespace {

std::size_t lines_that_fail(const std::filesystem::path& log) {
    std::size_t n = 0;
    std::ifstream lines(log);
    for (std::string line; std::getline(lines, line);) {
        n += line.ends_with(" fails") ? 1u : 0u;
    }
    return n;
}

}  // namespace

BOOST_DATA_TEST_CASE(who_waits_is_taken_in_when_there_is_enough_again,
                     boost::unit_test::data::make({EMFILE, ENFILE, ENOBUFS, ENOMEM}), error) {
    const temporary_directory scratch;
    fault f;
    f.dir = scratch.path() / "registry";
    f.log = scratch.path() / "log";
    f.until = scratch.path() / "enough";
    f.how = "refuse";
    f.only = "accept";
    f.for_ever = true;
    f.error = error;
    make_demo(f.dir, 2, 10);
    const auto began = std::chrono::steady_clock::now();
    std::unique_ptr<server_process> server;
    {
        const fault_of_children failing(f);
        server = std::make_unique<server_process>(f.dir);
    }
    auto served = std::async(std::launch::async, [&] {
        return clinic_desk(f.dir, *server, demo_clinics(f.dir).at(0)).get("/v1/stock").status;
    });
    // One of the three that listen has failed four times by then, and waits 50 ms after the first
    // and each time twice as long.
    constexpr std::size_t listening = 3;
    BOOST_TEST(eventually([&] { return lines_that_fail(f.log) > 3 * listening; }));
    BOOST_TEST((std::chrono::steady_clock::now() - began >= 350ms));
    BOOST_TEST((served.wait_for(0s) == std::future_status::timeout));
    const std::size_t until_now = lines_that_fail(f.log);

    std::ofstream(f.until).close();
    BOOST_TEST(served.get() == 200u);
    BOOST_TEST(lines_that_fail(f.log) <= until_now + listening);
    BOOST_TEST(eventually([&] {
        return server->log().find("accepts failed for want of descriptors or memory") !=
               std::string::npos;
    }));
    BOOST_TEST(server->terminate() == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
