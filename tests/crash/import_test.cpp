// An import of more rows than one commit takes: refused a call, and killed before one, in its turn.
// Whatever it was, all rows are there or none, and none of it is in the way of the same import
// again.
#include "tests/crash/fault_of_children.hpp"
#include "tests/crash/stopped_registry.hpp"
#include "tests/support/program.hpp"
#include "tests/support/sanitized.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sstream>

namespace doseline::test {

namespace {

namespace fs = std::filesystem;

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
        renew();
        fresh_events_ = events();
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
            all_or_nothing(call >= shown_before_);
        }
    }
    void killed(unsigned call) const {
        BOOST_TEST_CONTEXT("killed: " << calls_[call - 1]) {
            const run_result r = import_failing("kill", call);
            BOOST_TEST(r.exit_code == 128 + SIGKILL, r.err);
            all_or_nothing(call >= shown_before_);
        }
    }

private:
    void renew() const {
        fs::remove_all(dir_);
        fs::copy(fresh_, dir_, fs::copy_options::recursive);
        fs::remove(log_);
    }
    run_result import() const {
        return doseline({"import", dir_.string(), "persons", file_.string()});
    }
    // Into a registry as it was. call: 0, none fails.
    run_result import_failing(const char* how, unsigned call) const {
        renew();
        fault f;
        f.dir = dir_;
        f.how = how;
        f.call = call;
        f.error = EIO;
        f.log = log_;
        const fault_of_children failing(f);
        const run_result r = import();
        BOOST_TEST(line_that_fails(log_) == (call == 0 ? "" : calls_[call - 1]));
        return r;
    }

    // The events of a registry that verifies.
    std::uint64_t events() const {
        const run_result r = doseline({"verify", dir_.string()});
        BOOST_TEST_REQUIRE(r.exit_code == 0, r.err);
        return std::stoull(r.out.substr(std::string_view("verified: ").size()));
    }
    void all_or_nothing(bool all) const {
        BOOST_TEST(events() == fresh_events_ + (all ? rows_ : 0));
        const run_result again = import();
        if (all) {
            BOOST_TEST(again.err.find(":2:1: national_id is registered already") !=
                       std::string::npos);
        } else {
            BOOST_TEST(again.exit_code == 0, again.err);
        }
        BOOST_TEST(events() == fresh_events_ + rows_);
    }

    const unsigned rows_;
    const temporary_directory scratch_;
    const fs::path fresh_ = scratch_.path() / "fresh";
    const fs::path dir_ = scratch_.path() / "registry";
    const fs::path file_ = scratch_.path() / "persons.csv";
    const fs::path log_ = scratch_.path() / "log";
    std::uint64_t fresh_events_ = 0;
    std::vector<std::string> calls_;
    unsigned shown_before_ = 0;  // the number of the first call behind the commit of the last rows
};

}  // namespace

BOOST_AUTO_TEST_SUITE(imports, *boost::unit_test::precondition(can_preload))

BOOST_AUTO_TEST_CASE(any_call_that_fails_leaves_all_rows_or_none) {
    const importing_registry registry(50'100);
    for (const unsigned call : registry.some_calls(sanitized ? 1 : 20, sanitized ? 23 : 7)) {
        registry.refused(call);
    }
}

BOOST_AUTO_TEST_CASE(killed_before_any_call_it_leaves_all_rows_or_none) {
    const importing_registry registry(sanitized ? 50'100 : 100'100);
    for (const unsigned call : registry.some_calls(1, sanitized ? 23 : 7)) {
        registry.killed(call);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
