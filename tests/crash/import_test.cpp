// An import of more rows than one commit takes: refused a call, and killed before one, in its turn;
// and on a full disk. Whatever it was, all rows are there or none, and none of it is in the way of
// the same import again.
#include "core/limits.hpp"
#include "tests/crash/fault_of_children.hpp"
#include "tests/crash/loop_disk.hpp"
#include "tests/crash/stopped_registry.hpp"
#include "tests/support/program.hpp"
#include "tests/support/sanitized.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sstream>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(imports)

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte = 1u << 20;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

int lines_but_progress(const std::string& text) {
    const auto lines = lines_of(text);
    return static_cast<int>(std::ranges::count_if(
        lines, [](const std::string& line) { return !line.starts_with("importing "); }));
}

// A registry and a file of persons for it.
class importing_registry {
public:
    importing_registry(fs::path dir, unsigned rows) : dir_(std::move(dir)), rows_(rows) {
        make_demo(dir_, 3, 50);
        std::string text = "national_id,programme,date,clinic\n";
        for (unsigned n = 0; n < rows; ++n) {
            text += synthetic_person(n) + ",demo,2016-10-04," + demo_clinics(dir_)[0].code + '\n';
        }
        write_content(file_, text);
        fresh_events_ = events();
    }

    const fs::path& dir() const noexcept { return dir_; }
    run_result import() const {
        return doseline({"import", dir_.string(), "persons", file_.string()});
    }

    // None of the rows is there, then all are: they verify, and the same import says so.
    void has_none_and_takes_them() const {
        BOOST_TEST(events() == fresh_events_);
        const run_result again = import();
        BOOST_TEST(again.exit_code == 0, again.err);
        BOOST_TEST(events() == fresh_events_ + rows_);
    }
    void has_all() const {
        BOOST_TEST(events() == fresh_events_ + rows_);
        const run_result again = import();
        BOOST_TEST(again.err.find(":2:1: national_id is registered already") != std::string::npos);
        BOOST_TEST(events() == fresh_events_ + rows_);
    }

private:
    // The events of a registry that verifies.
    std::uint64_t events() const {
        const run_result r = doseline({"verify", dir_.string()});
        BOOST_TEST_REQUIRE(r.exit_code == 0, r.err);
        return std::stoull(r.out.substr(std::string_view("verified: ").size()));
    }

    const fs::path dir_;
    const unsigned rows_;
    const temporary_directory scratch_;
    const fs::path file_ = scratch_.path() / "persons.csv";
    std::uint64_t fresh_events_ = 0;
};

// The same registry before every run, whose calls are known.
class swept_import {
public:
    explicit swept_import(unsigned rows) : registry_(scratch_.path() / "registry", rows) {
        fs::copy(registry_.dir(), fresh_, fs::copy_options::recursive);
        import_failing("refuse", 0);
        calls_ = lines_of(content_of(log_));
        const auto anchor = std::ranges::find_if(calls_, [](const std::string& call) {
            return call.find(" /anchor.tmp") != std::string::npos;
        });
        shown_before_ = static_cast<unsigned>(anchor - calls_.begin()) + 1;
        BOOST_TEST_REQUIRE(shown_before_ > 40u);
        BOOST_TEST_REQUIRE(shown_before_ < calls_.size());
    }

    // Numbers of its calls on the registry's files, from 1: the first ones, one in so many of the
    // others, and each from the commit's last one on. That is the write of the page that shows the
    // rows. What comes after it signs them, in the anchor: whatever becomes of that, they stay.
    std::vector<unsigned> some_calls(unsigned first, unsigned then_every) const {
        std::vector<unsigned> some;
        const unsigned last_of_commit = shown_before_ - 1;
        for (unsigned n = 1; n < last_of_commit; n += n < first ? 1 : then_every) {
            some.push_back(n);
        }
        for (unsigned n = last_of_commit; n <= calls_.size(); ++n) {
            some.push_back(n);
        }
        return some;
    }

    // Without that call, or killed before it: none of the rows before they are shown, then all.
    void refused(unsigned call) const {
        BOOST_TEST_CONTEXT("refused: " << calls_[call - 1]) {
            const run_result r = import_failing("refuse", call);
            BOOST_TEST((r.exit_code == 0 || r.exit_code == 1), r.err);
            BOOST_TEST(lines_but_progress(r.err) == r.exit_code, r.err);
            all_or_nothing(call);
        }
    }
    void killed(unsigned call) const {
        BOOST_TEST_CONTEXT("killed: " << calls_[call - 1]) {
            const run_result r = import_failing("kill", call);
            BOOST_TEST(r.exit_code == 128 + SIGKILL, r.err);
            all_or_nothing(call);
        }
    }

private:
    // Into a registry as it was. call: 0, none fails.
    run_result import_failing(const char* how, unsigned call) const {
        fs::remove_all(registry_.dir());
        fs::copy(fresh_, registry_.dir(), fs::copy_options::recursive);
        fs::remove(log_);
        fault f;
        f.dir = registry_.dir();
        f.how = how;
        f.call = call;
        f.error = EIO;
        f.log = log_;
        const fault_of_children failing(f);
        const run_result r = registry_.import();
        BOOST_TEST(line_that_fails(log_) == (call == 0 ? "" : calls_[call - 1]));
        return r;
    }
    void all_or_nothing(unsigned call) const {
        call < shown_before_ ? registry_.has_none_and_takes_them() : registry_.has_all();
    }

    const temporary_directory scratch_;
    const importing_registry registry_;
    const fs::path fresh_ = scratch_.path() / "fresh";
    const fs::path log_ = scratch_.path() / "log";
    std::vector<std::string> calls_;
    unsigned shown_before_ = 0;  // the number of the first call behind the commit of the last rows
};

void has_no_room(const importing_registry& registry) {
    const run_result r = registry.import();
    BOOST_TEST(r.exit_code == 1);
    BOOST_TEST(r.out == "");
    BOOST_TEST(lines_but_progress(r.err) == 1, r.err);
    BOOST_TEST(r.err.ends_with("the disk of " + registry.dir().string() +
                               " is too full to register anything beside this: make room, and try "
                               "again; nothing was changed\n"),
               r.err);
}

}  // namespace

BOOST_AUTO_TEST_CASE(any_call_that_fails_leaves_all_rows_or_none,
                     *boost::unit_test::precondition(can_preload)) {
    const swept_import import(50'100);
    for (const unsigned call : import.some_calls(sanitized ? 1 : 20, sanitized ? 23 : 7)) {
        import.refused(call);
    }
}

BOOST_AUTO_TEST_CASE(killed_before_any_call_it_leaves_all_rows_or_none,
                     *boost::unit_test::precondition(can_preload)) {
    const swept_import import(sanitized ? 50'100 : 100'100);
    for (const unsigned call : import.some_calls(1, sanitized ? 23 : 7)) {
        import.killed(call);
    }
}

// What is below the reserve is kept for who serves.
BOOST_AUTO_TEST_CASE(below_the_reserve_nothing_is_brought_in,
                     *boost::unit_test::precondition(has_loop_disks)) {
    loop_disk disk(core::limits::disk_reserve_bytes + (128u << 20));
    const importing_registry registry(disk.path() / "registry", 50'100);
    disk.fill_up_to(core::limits::disk_reserve_bytes - mebibyte);
    has_no_room(registry);
    {
        server_process server(registry.dir());
        clinic_desk desk(registry.dir(), server, demo_clinics(registry.dir()).front());
        BOOST_TEST(text_of(parsed(desk.check(synthetic_person(1))), "code") == "READ_ONLY");
        BOOST_TEST(number_of(desk.get_json("/v1/totals?scope=clinic"), "remaining") == 50);
        BOOST_TEST(server.terminate() == 0);
    }
    disk.free_again();
    registry.has_none_and_takes_them();
}

// The room goes while rows are staged already.
BOOST_AUTO_TEST_CASE(without_room_for_its_second_part_nothing_is_brought_in,
                     *boost::unit_test::precondition(can_preload)) {
    const temporary_directory scratch;
    const importing_registry registry(scratch.path() / "registry", 100'100);
    {
        fault f;
        f.dir = registry.dir();
        f.how = "refuse";
        f.only = "statvfs";
        f.call = 2;
        f.log = scratch.path() / "log";
        const fault_of_children failing(f);
        has_no_room(registry);
        BOOST_TEST(line_that_fails(f.log) == "2 statvfs /ledger");
    }
    registry.has_none_and_takes_them();
}

// Rows for which one commit is enough.
BOOST_AUTO_TEST_CASE(a_few_rows_are_not_brought_in_below_the_reserve_either,
                     *boost::unit_test::precondition(has_loop_disks)) {
    loop_disk disk(core::limits::disk_reserve_bytes + (128u << 20));
    const importing_registry registry(disk.path() / "registry", 10'000);
    for (const std::uint64_t free : {std::uint64_t{0}, core::limits::disk_reserve_bytes - mebibyte,
                                     core::limits::disk_reserve_bytes + mebibyte / 2}) {
        BOOST_TEST_CONTEXT(free << " bytes are free") {
            disk.fill_up_to(free);
            has_no_room(registry);
            disk.free_again();
        }
    }
    registry.has_none_and_takes_them();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
