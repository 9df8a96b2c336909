#include "storage/private_file.hpp"

#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string>
#include <system_error>

BOOST_AUTO_TEST_SUITE(private_file)

using namespace doseline;
using storage::private_mode;
using storage::public_mode;

namespace {

mode_t mode_of(const std::filesystem::path& path) {
    struct stat facts {};
    BOOST_REQUIRE_EQUAL(::stat(path.c_str(), &facts), 0);
    return facts.st_mode & 07777;
}

class with_umask {
public:
    explicit with_umask(mode_t mask) : before_(::umask(mask)) {}
    ~with_umask() { ::umask(before_); }
    with_umask(const with_umask&) = delete;
    with_umask& operator=(const with_umask&) = delete;

private:
    mode_t before_;
};

// Files cannot grow beyond so many bytes while it lives.
class with_file_limit {
public:
    explicit with_file_limit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~with_file_limit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    with_file_limit(const with_file_limit&) = delete;
    with_file_limit& operator=(const with_file_limit&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

auto has_code(std::errc expected) {
    return [expected](const std::system_error& e) { return e.code() == expected; };
}

struct fixture {
    test::temporary_directory dir;
    std::filesystem::path path = dir.path() / "file";

    std::ptrdiff_t files() const {
        return std::ranges::distance(std::filesystem::directory_iterator(dir.path()));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_was_written_is_read, fixture) {
    storage::write_file(path, "first", private_mode);
    storage::write_file(path, "second", private_mode);
    BOOST_TEST(storage::read_file(path, 6) == "second");
    BOOST_TEST(files() == 1);
}

BOOST_FIXTURE_TEST_CASE(the_mode_holds_whatever_the_umask, fixture) {
    for (const mode_t mask : {0u, 077u, 0777u}) {
        BOOST_TEST_CONTEXT("umask " << mask) {
            const with_umask set(mask);
            storage::write_file(path, "x", private_mode);
            BOOST_TEST(mode_of(path) == 0600u);
            storage::write_file(path, "x", public_mode);
            BOOST_TEST(mode_of(path) == 0644u);
            const auto made = dir.path() / ("directory" + std::to_string(mask));
            storage::make_private_directory(made);
            BOOST_TEST(mode_of(made) == 0700u);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(a_directory_is_made_once, fixture) {
    storage::make_private_directory(path);
    BOOST_CHECK_EXCEPTION(storage::make_private_directory(path), std::system_error,
                          has_code(std::errc::file_exists));
}

BOOST_FIXTURE_TEST_CASE(a_write_that_fails_leaves_the_old_file_alone, fixture) {
    storage::write_file(path, "old", private_mode);
    {
        const with_file_limit limit(8);
        BOOST_CHECK_EXCEPTION(storage::write_file(path, "longer than eight", private_mode),
                              std::system_error, has_code(std::errc::file_too_large));
    }
    BOOST_TEST(storage::read_file(path, 100) == "old");
    BOOST_TEST(files() == 1);
}

BOOST_FIXTURE_TEST_CASE(what_a_crash_left_behind_is_in_nobodys_way, fixture) {
    storage::write_file(dir.path() / "file.tmp", "half", public_mode);
    storage::write_file(path, "whole", private_mode);
    BOOST_TEST(storage::read_file(path, 100) == "whole");
    BOOST_TEST(files() == 1);
}

BOOST_FIXTURE_TEST_CASE(a_file_is_read_up_to_the_limit_and_not_beyond, fixture) {
    storage::write_file(path, "12345", private_mode);
    std::array<std::byte, 5> enough{};
    std::array<std::byte, 4> too_small{};
    BOOST_TEST(storage::read_file(path, 5) == "12345");
    BOOST_TEST(storage::read_private_file(path, enough) == 5u);
    BOOST_CHECK_EXCEPTION(storage::read_file(path, 4), std::system_error,
                          has_code(std::errc::file_too_large));
    BOOST_CHECK_EXCEPTION(storage::read_private_file(path, too_small), std::system_error,
                          has_code(std::errc::file_too_large));
}

BOOST_FIXTURE_TEST_CASE(a_private_file_open_to_others_is_refused_with_its_remedy, fixture) {
    std::array<std::byte, 8> into{};
    for (const mode_t mode : {0640u, 0604u, 0620u, 0602u, 0610u, 0601u}) {
        BOOST_TEST_CONTEXT("mode " << std::oct << mode) {
            storage::write_file(path, "secret", mode);
            BOOST_CHECK_EXCEPTION(storage::read_private_file(path, into), std::system_error,
                                  [this](const std::system_error& e) {
                                      const std::string text = e.what();
                                      return text.starts_with(path.string()) &&
                                             text.find("chmod 600") != std::string::npos;
                                  });
            BOOST_TEST((into == std::array<std::byte, 8>{}));
        }
    }
    storage::write_file(path, "secret", 0400);
    BOOST_TEST(storage::read_private_file(path, into) == 6u);
}

BOOST_FIXTURE_TEST_CASE(errors_name_the_path_and_the_reason, fixture) {
    const auto names_it = [this](const std::system_error& e) {
        return std::string(e.what()) ==
               "cannot open " + path.string() + ": No such file or directory";
    };
    BOOST_CHECK_EXCEPTION(storage::read_file(path, 1), std::system_error, names_it);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_regular_file_is_refused_without_waiting, fixture) {
    BOOST_CHECK_EXCEPTION(storage::read_file(dir.path(), 1 << 20), std::system_error,
                          has_code(std::errc::is_a_directory));
    BOOST_REQUIRE_EQUAL(::mkfifo(path.c_str(), 0600), 0);
    BOOST_CHECK_THROW(storage::read_file(path, 1), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
