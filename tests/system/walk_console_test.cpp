// What is done at the console, beside a server or without one, and what the audit has of it.
#include "tests/support/eventually.hpp"
#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_console)

namespace {

namespace json = boost::json;

struct fixture {
    season s{2, 100};
    const std::string clinic = s.clinics()[1].code;

    std::string call(std::vector<std::string> words) {
        words.insert(words.begin() + 1, s.dir().string());
        const run_result r = doseline(words);
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
        return r.out;
    }
    // Each thing that leaves a trace.
    void do_all() {
        call({"enroll", clinic, "--token"});
        call({"enroll", clinic, "--certificate"});
        call({"export", "--format", "csv"});
        call({"rotate"});
        call({"rotate", "--master"});
    }
    const std::vector<std::string> all{"device token", "client certificate", "export", "rotate",
                                       "rotate master"};

    std::vector<json::object> acts(const json::object& question = {}) {
        const response r = s.audit(question);
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
        const json::object answered = parsed(r);
        std::vector<json::object> found;
        for (const json::value& each : answered.at("records").as_array()) {
            if (text_of(each.as_object(), "action") == "OPERATED") {
                found.push_back(each.as_object());
            }
        }
        return found;
    }
    static std::vector<std::string> names(const std::vector<json::object>& records) {
        std::vector<std::string> what;
        for (const json::object& r : records) {
            BOOST_TEST(text_of(r, "user") == "uid-" + std::to_string(::getuid()));
            what.push_back(text_of(r, "what"));
        }
        return what;
    }
    void has(const std::vector<std::string>& wanted) {
        BOOST_TEST(eventually([&] { return left_nothing(); }));
        BOOST_TEST(names(acts()) == wanted, boost::test_tools::per_element());
    }
    bool left_nothing() const { return std::filesystem::file_size(s.dir() / "console.acts") == 0; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(beside_a_server_it_is_in_the_audit_at_once, fixture) {
    do_all();
    has(all);
    const auto of_clinic = acts({{"clinic", clinic}});
    BOOST_TEST(names(of_clinic) == (std::vector<std::string>{"device token", "client certificate"}),
               boost::test_tools::per_element());
    // The device of the token is the one that the record names.
    const std::string token = call({"enroll", clinic, "--token"});
    BOOST_TEST(eventually([&] { return left_nothing(); }));
    demo_clinic desk_of;
    desk_of.token = token.substr(0, token.find('\n'));
    clinic_desk desk(s.dir(), s.server(), desk_of);
    desk.check(synthetic_person(1));
    const json::object named = acts({{"clinic", clinic}}).back();
    const auto records = parsed(s.audit({{"national_id", synthetic_person(1)}})).at("records");
    BOOST_TEST(records.as_array()[0].at("device") == named.at("device"));
}

BOOST_FIXTURE_TEST_CASE(what_nobody_took_the_next_start_takes_once, fixture) {
    s.server().terminate();
    do_all();
    BOOST_TEST(!left_nothing());
    s.serve();
    has(all);
    s.server().terminate();
    BOOST_TEST(left_nothing());
    s.serve();
    call({"export", "--format", "csv"});
    std::vector<std::string> and_one = all;
    and_one.emplace_back("export");
    s.server().terminate();  // right behind it: a drain takes it, and it is not recorded again
    BOOST_TEST(left_nothing());
    s.serve();
    has(and_one);
    call({"rotate"});
    and_one.emplace_back("rotate");
    has(and_one);
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
}

// The act is done when it was done, not when a server came to it.
BOOST_FIXTURE_TEST_CASE(the_time_is_that_of_the_act, fixture) {
    s.server().terminate();
    using clock = std::chrono::system_clock;
    const std::string before = korean_time(clock::now());
    call({"rotate"});
    const std::string after = korean_time(clock::now() + std::chrono::seconds{1});
    BOOST_TEST(eventually([&] { return korean_time(clock::now()) > after; }));
    s.serve();
    has({"rotate"});
    const std::string at = text_of(acts()[0], "at");
    BOOST_TEST(at.substr(0, 19) >= before.substr(0, 19));
    BOOST_TEST(at.substr(0, 19) <= after.substr(0, 19));
}

// A query finds its first record by its time.
BOOST_FIXTURE_TEST_CASE(what_is_taken_late_leaves_the_audit_in_order, fixture) {
    clinic_desk(s.desk(0)).check(synthetic_person(1));
    s.server().terminate();
    const auto line = [&](std::chrono::seconds ago, const char* what) {
        std::ofstream(s.dir() / "console.acts", std::ios::app)
            << korean_time(std::chrono::system_clock::now() - ago) << ",0," << what << ",,\n";
    };
    using namespace std::chrono_literals;
    line(1h, "rotate");  // before the check that is in the audit already
    line(3h, "rotate master");
    line(2h, "export");
    s.serve();
    BOOST_TEST(eventually([&] { return left_nothing(); }));
    const response r = s.audit({});
    const auto records = parsed(r).at("records").as_array();
    BOOST_TEST(records.size() >= 4u);
    std::string before;
    for (const json::value& record : records) {
        const std::string at = text_of(record.as_object(), "at");
        BOOST_TEST(at >= before);
        before = at;
    }
}

BOOST_FIXTURE_TEST_CASE(a_code_is_in_the_audit_when_it_is_used_and_a_failure_is_not, fixture) {
    call({"enroll", clinic});
    BOOST_TEST(doseline({"enroll", s.dir().string(), "99999999", "--token"}).exit_code == 1);
    call({"rotate"});
    has({"rotate"});
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_noted_is_not_issued, fixture) {
    std::filesystem::create_directory(s.dir() / "console.acts");
    check_failed(doseline({"enroll", s.dir().string(), clinic, "--token"}), 1, "console.acts");
    check_failed(doseline({"export", s.dir().string(), "--format", "csv"}), 1, "console.acts");
    const auto keys = [&] {
        std::map<std::string, std::string> all_files;
        for (const auto& file : std::filesystem::directory_iterator(s.dir() / "keys")) {
            std::ifstream bytes(file.path(), std::ios::binary);
            all_files[file.path().filename()] =
                std::string(std::istreambuf_iterator<char>(bytes), {});
        }
        return all_files;
    };
    const auto before = keys();
    check_failed(doseline({"rotate", s.dir().string()}), 1, "console.acts");
    check_failed(doseline({"rotate", s.dir().string(), "--master"}), 1, "console.acts");
    BOOST_CHECK(keys() == before);
    std::filesystem::remove(s.dir() / "console.acts");
    do_all();
    has(all);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
