#include "net/console_acts.hpp"

#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(console_acts)

using namespace doseline;
using core::operator_act;

namespace {

struct fixture {
    test::temporary_directory dir;
    net::left_acts left{dir.path()};

    std::filesystem::path file() const { return dir.path() / "console.acts"; }
    void write(const std::string& text) const {
        std::ofstream(file(), std::ios::binary | std::ios::app) << text;
    }
    std::vector<std::uint32_t> devices() {
        std::vector<std::uint32_t> all;
        for (const net::console_act& act : left.read()) {
            all.push_back(act.device);
        }
        return all;
    }
    void token(std::uint32_t device) const {
        net::leave_console_act(dir.path(), operator_act::device_token, 1'000'234, device);
    }
    void are(const std::vector<std::uint32_t>& wanted) {
        BOOST_TEST(devices() == wanted, boost::test_tools::per_element());
    }
};

const std::string good = "2016-10-04T00:00:00.000+00:00,7,device token,01000234,5\n";

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_was_left_is_read_as_it_was, fixture) {
    are({});  // no file
    const core::instant before = storage::system_clocks().wall();
    token(4'294'967'295);
    net::leave_console_act(dir.path(), operator_act::master_key);
    const auto acts = left.read();
    BOOST_REQUIRE(acts.size() == 2u);
    BOOST_CHECK(acts[0].what == operator_act::device_token);
    BOOST_TEST(acts[0].device == 4'294'967'295u);
    BOOST_TEST(acts[0].clinic_code.value() == 1'000'234u);
    BOOST_TEST(acts[0].user == ::getuid());
    BOOST_CHECK(acts[0].at >= before && acts[0].at <= storage::system_clocks().wall());
    BOOST_CHECK(acts[1].what == operator_act::master_key);
    BOOST_TEST(!acts[1].clinic_code.has_value());
    BOOST_CHECK(std::filesystem::status(file()).permissions() ==
                (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

BOOST_FIXTURE_TEST_CASE(each_is_read_until_it_is_recorded_and_then_it_is_gone, fixture) {
    token(1);
    are({1});
    are({1});  // it was not recorded
    left.recorded();
    BOOST_TEST(std::filesystem::file_size(file()) == 0u);
    are({});
    token(2);
    are({2});
}

BOOST_FIXTURE_TEST_CASE(what_comes_while_one_is_recorded_is_the_next, fixture) {
    token(1);
    are({1});
    token(2);
    left.recorded();
    are({2});
    left.recorded();
    BOOST_TEST(std::filesystem::file_size(file()) == 0u);
    token(3);
    are({3});
    // A file that is another one is read from its beginning.
    left.recorded();
    token(4);
    token(5);
    are({4, 5});
    token(6);
    left.recorded();
    std::filesystem::remove(file());
    token(7);
    are({7});
}

BOOST_FIXTURE_TEST_CASE(a_torn_line_is_left_out_and_the_next_is_whole, fixture) {
    write(good.substr(0, 20));
    are({});
    token(1);
    are({1});
    left.recorded();
    BOOST_TEST(std::filesystem::file_size(file()) == 0u);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_act_is_left_out, fixture) {
    for (const char* const line :
         {"", ",", ",,,,", "x", "2016-10-04T00:00:00Z,7,device token,01000234,5,",
          "2016-10-04T00:00:00Z,7,device token,01000234", "2016-10-04,7,rotate,,",
          "2016-10-04T00:00:00Z,-7,rotate,,", "2016-10-04T00:00:00Z,7,mode normal,,",
          "2016-10-04T00:00:00Z,7,,,", "2016-10-04T00:00:00Z,7,device token,,5",
          "2016-10-04T00:00:00Z,7,device token,01000234,4294967296"}) {
        write(std::string(line) + '\n');
    }
    are({});
    BOOST_TEST(std::filesystem::file_size(file()) == 0u);  // nor is it told again and again
    write("x\n" + good);
    are({5});
}

// It is root who leaves a line, in a directory that may be another user's.
BOOST_FIXTURE_TEST_CASE(nothing_but_a_plain_file_is_written_to, fixture) {
    const auto elsewhere = dir.path() / "elsewhere";
    std::ofstream(elsewhere) << good;
    const auto refused = [&] {
        BOOST_CHECK_THROW(token(1), std::system_error);
        BOOST_CHECK_THROW(left.read(), std::system_error);
        std::filesystem::remove(file());
    };
    std::filesystem::create_symlink(elsewhere, file());
    refused();
    std::filesystem::create_hard_link(elsewhere, file());
    refused();
    BOOST_REQUIRE(::mkfifo(file().c_str(), 0600) == 0);
    refused();
    BOOST_TEST(std::filesystem::file_size(elsewhere) == good.size());
    token(1);
    are({1});
}

// Somebody is just leaving a line, on a slow disk: who serves does not wait for it.
BOOST_FIXTURE_TEST_CASE(a_file_that_is_held_is_cut_another_time, fixture) {
    token(1);
    are({1});
    const int held = ::open(file().c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_REQUIRE(::flock(held, LOCK_EX) == 0);
    left.recorded();
    BOOST_TEST(std::filesystem::file_size(file()) > 0u);
    are({});
    left.cut();
    BOOST_TEST(std::filesystem::file_size(file()) > 0u);
    ::close(held);
    left.cut();
    BOOST_TEST(std::filesystem::file_size(file()) == 0u);
    token(2);
    are({2});
}

BOOST_FIXTURE_TEST_CASE(what_has_no_line_at_all_is_stepped_over, fixture) {
    write(std::string(1u << 20, 'x'));
    are({});
    write("x\n" + good);
    are({5});
}

BOOST_FIXTURE_TEST_CASE(many_at_once_lose_no_line, fixture) {
    std::vector<std::thread> consoles;
    for (std::uint32_t n = 0; n < 8; ++n) {
        consoles.emplace_back([&, n] {
            for (std::uint32_t i = 0; i < 5; ++i) {
                token(n * 5 + i);
            }
        });
    }
    std::multiset<std::uint32_t> all;
    const auto take = [&] {
        const auto some = devices();
        all.insert(some.begin(), some.end());
        left.recorded();
    };
    for (int n = 0; n < 100; ++n) {
        take();
    }
    for (std::thread& t : consoles) {
        t.join();
    }
    take();
    BOOST_TEST(all.size() == 40u);
    for (std::uint32_t i = 0; i < 40; ++i) {
        BOOST_TEST(all.count(i) == 1u, i);
    }
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_is_not_there_is_named, fixture) {
    BOOST_CHECK_EXCEPTION(net::leave_console_act(dir.path() / "none", operator_act::export_),
                          std::system_error, [](const auto& e) {
                              return std::string(e.what()).find("none/console.acts") !=
                                     std::string::npos;
                          });
}

BOOST_AUTO_TEST_SUITE_END()
