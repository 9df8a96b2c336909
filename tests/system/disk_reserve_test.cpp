// What is written at the console keeps the disk's reserve for who serves: refused with one line,
// and nothing is half done.
#include "net/cli/book_commands.hpp"
#include "net/cli/season_commands.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/system/consoles.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/statvfs.h>

#include <functional>
#include <sstream>

BOOST_AUTO_TEST_SUITE(disk_reserve)

using namespace doseline::test;
namespace cli = doseline::net::cli;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t more_than_any_disk = std::uint64_t{1} << 60;
constexpr std::uint64_t nothing = 0;

struct fixture {
    temporary_directory scratch;
    fs::path dir = scratch.path() / "registry";
    std::ostringstream out;

    void refuses(const std::function<void()>& what) {
        out.str("");
        BOOST_CHECK_EXCEPTION(what(), std::runtime_error, [&](const auto& e) {
            return std::string(e.what()).find("the disk of " + dir.string() + " is too full") !=
                   std::string::npos;
        });
        BOOST_TEST(out.str() == "");
    }
    std::string verified() const {
        const run_result r = doseline::test::doseline({"verify", dir.string()});
        BOOST_TEST_REQUIRE(r.exit_code == 0, r.err);
        return r.out;
    }
    std::string keys() const {
        std::string names;
        for (const auto& [name, content] : snapshot_of(dir / "keys")) {
            names += name + '\n';
        }
        return names;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_demo_that_does_not_fit_leaves_nothing_in_the_way_of_the_next, fixture) {
    doseline::net::demo_options wishes;
    wishes.clinics = 2;
    wishes.today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    refuses([&] { cli::make_demo(dir, wishes, more_than_any_disk, out); });
    BOOST_TEST(fs::is_empty(dir));
    cli::make_demo(dir, wishes, nothing, out);
    verified();
    // Who is not empty is left alone, whatever the disk.
    const auto before = snapshot_of(dir);
    BOOST_CHECK_THROW(cli::make_demo(dir, wishes, more_than_any_disk, out), std::runtime_error);
    check_unchanged(before, dir);
}

BOOST_FIXTURE_TEST_CASE(a_book_is_neither_closed_nor_opened_nor_destroyed, fixture) {
    make_demo(dir, 2, 10);
    std::string as_it_was = verified();
    const std::string first_keys = keys();
    refuses([&] { cli::close_book(dir, more_than_any_disk, out); });
    BOOST_TEST(verified() == as_it_was);
    cli::close_book(dir, nothing, out);

    as_it_was = verified();
    refuses([&] { cli::open_book(dir, 2'999, more_than_any_disk, out); });
    BOOST_TEST(verified() == as_it_was);
    BOOST_TEST(keys() == first_keys);
    cli::open_book(dir, 2'999, nothing, out);

    as_it_was = verified();
    const std::string both_keys = keys();
    BOOST_TEST(both_keys != first_keys);
    const cli::destroy_options what{1, "test", true};
    refuses([&] { cli::destroy_book(dir, what, more_than_any_disk, out); });
    BOOST_TEST(verified() == as_it_was);
    BOOST_TEST(keys() == both_keys);
    cli::destroy_book(dir, what, nothing, out);
    BOOST_TEST(keys() != both_keys);
    verified();
}

// The reserve is the one that serve would keep.
BOOST_FIXTURE_TEST_CASE(the_reserve_stands_in_the_file_of_serve, fixture) {
    const fs::path clinics = scratch.path() / "clinics.csv";
    const fs::path config = scratch.path() / "serve.toml";
    write_file(clinics, "code,name,region\n80000001,A,11010\n");
    const std::vector<std::vector<std::string>> calls{
        {"demo", (scratch.path() / "other").string()},
        {"import", dir.string(), "clinics", clinics.string()},
        {"season", "close", dir.string()},
        {"season", "open", dir.string()},
        {"season", "destroy", dir.string(), "1", "--reason", "test", "--early"}};
    make_demo(dir, 2, 10);
    write_file(config, "disk_reserve_mib = 0\n");
    for (std::vector<std::string> call : calls) {
        call.insert(call.end(), {"--config", config.string()});
        check_failed(doseline::test::doseline(call), 1, "serve.toml:1:20: ");
    }
    constexpr std::uint64_t most_mib = 1u << 20;
    struct statvfs disk {};
    BOOST_TEST_REQUIRE(::statvfs(scratch.path().c_str(), &disk) == 0);
    if (std::uint64_t{disk.f_bavail} * disk.f_frsize > most_mib << 20) {
        BOOST_TEST_MESSAGE("more is free here than a reserve may be");
        return;
    }
    write_file(config, "disk_reserve_mib = " + std::to_string(most_mib) + "\n");
    for (std::size_t n = 0; n < 3; ++n) {  // the others want a closed book
        std::vector<std::string> call = calls[n];
        call.insert(call.end(), {"--config", config.string()});
        check_failed(doseline::test::doseline(call), 1, "too full");
    }
    verified();
}

// Five years after its own: the last day that it is kept, and the day after.
BOOST_FIXTURE_TEST_CASE(a_book_is_kept_until_its_years_are_over, fixture) {
    using namespace std::chrono;
    const auto last_day = year{2021} / December / 31;
    BOOST_TEST(cli::is_kept(2016, sys_days{last_day} + 24h - 1ms));
    BOOST_TEST(!cli::is_kept(2016, sys_days{last_day} + 24h));
    BOOST_TEST(cli::is_kept(2017, sys_days{last_day} + 24h));
}

BOOST_AUTO_TEST_SUITE_END()
