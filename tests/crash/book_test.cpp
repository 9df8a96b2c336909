// Every call of a book's end, and of the next one's beginning, made to fail in its turn. Whatever
// it was, one of the two books is open or the first one closed, nothing else has changed, and the
// console's next call goes on.
#include "tests/crash/fault_of_children.hpp"
#include "tests/support/clinic_desk.hpp"
#include "tests/support/program.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(books)

namespace {

namespace fs = std::filesystem;

// A registry with some registrations, the same before every run.
class turning_registry {
public:
    turning_registry() {
        make_demo(fresh_, 3, 50);
        server_process server(fresh_);
        clinic_desk desk(fresh_, server, demo_clinics(fresh_)[0]);
        for (unsigned n = 0; n < 5; ++n) {
            const response r = desk.register_dose(new_key(), person_body(synthetic_person(n)));
            BOOST_TEST_REQUIRE(r.status == 201u);
        }
        BOOST_TEST_REQUIRE(server.terminate() == 0);
    }

    // Every call of that command's refused once.
    void sweep(const char* what) {
        fault f;
        f.dir = dir_;
        f.how = "refuse";
        f.error = EIO;
        f.log = log_;
        for (f.call = 1;; f.call += sanitized ? 5 : 1) {
            BOOST_TEST_CONTEXT(what << ", call " << f.call) {
                if (!run(what, f)) {
                    break;
                }
            }
        }
        BOOST_TEST(f.call > 20u);
    }
    // How many runs left it so.
    unsigned left(const std::string& state) const {
        const auto runs = states_.find(state);
        return runs == states_.end() ? 0 : runs->second;
    }

private:
    // False when the fault was not met.
    bool run(std::string_view what, const fault& f) {
        fs::remove_all(dir_);
        fs::copy(fresh_, dir_, fs::copy_options::recursive);
        if (what == "open") {
            BOOST_TEST_REQUIRE(season("close").exit_code == 0);
        }
        fs::remove(log_);
        run_result r;
        {
            const fault_of_children failing(f);
            r = season(what);
        }
        BOOST_TEST((r.exit_code == 0 || r.exit_code == 1), r.err);
        BOOST_TEST(std::ranges::count(r.err, '\n') == r.exit_code, r.err);
        if (line_that_fails(log_).empty()) {
            BOOST_TEST(r.exit_code == 0);
            return false;
        }
        const run_result whole = doseline({"verify", dir_.string()});
        BOOST_TEST(whole.exit_code == 0, whole.err);
        go_on();
        return true;
    }

    // From wherever it was left to the second book, in which nothing is missing.
    void go_on() {
        const std::string books = season("list").out;
        const bool second = books.find("book 2") != std::string::npos;
        const bool closed = books.find("closed") != std::string::npos;
        ++states_[second ? "in the next book" : closed ? "closed" : "open"];
        if (!closed) {
            BOOST_TEST(season("close").exit_code == 0);
        }
        if (!second) {
            BOOST_TEST(season("open").exit_code == 0);
        }
        const run_result whole = doseline({"verify", dir_.string()});
        BOOST_TEST(whole.exit_code == 0, whole.err);
        BOOST_TEST(season("list").out.find("book 2") != std::string::npos);
        BOOST_TEST(season("list").out.find("book 3") == std::string::npos);
    }

    run_result season(std::string_view what) const {
        return doseline({"season", std::string(what), dir_.string()});
    }

    const temporary_directory scratch_;
    const fs::path fresh_ = scratch_.path() / "fresh";
    const fs::path dir_ = scratch_.path() / "registry";
    const fs::path log_ = scratch_.path() / "log";
    std::map<std::string, unsigned> states_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(any_call_that_fails_leaves_one_book_whole,
                     *boost::unit_test::precondition(can_preload)) {
    turning_registry registry;
    registry.sweep("close");
    BOOST_TEST(registry.left("open") > 0u);
    registry.sweep("open");
    for (const char* state : {"open", "closed", "in the next book"}) {
        BOOST_TEST(registry.left(state) > 0u, state);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
