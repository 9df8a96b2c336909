#include "net/cli/export_command.hpp"
#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <set>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(export_)

using namespace doseline::test;
namespace json = boost::json;
namespace cli = doseline::net::cli;

namespace {

constexpr unsigned doses = 12;

std::string key_of(unsigned n) {
    const std::string digits = std::to_string(n);
    return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

// A season with some registrations in it, two of each person.
struct registered_season : season {
    registered_season() : season(2, 100) {
        auto at = desk(0);
        for (unsigned n = 0; n < doses; ++n) {
            json::object more{{"name", "=Hong the elder, of a rather long name"},
                              {"evidence", "letter " + std::to_string(n)}};
            const response r =
                at.register_dose(key_of(n), person_body(synthetic_person(n / 2), more));
            BOOST_TEST_REQUIRE(r.status == 201u);
            ids.push_back(text_of(parsed(r), "id"));
        }
    }
    run_result exported(std::vector<std::string> more) const {
        more.insert(more.begin(), {"export", dir().string()});
        return doseline::test::doseline(more);
    }

    std::vector<std::string> ids;
};

std::vector<json::object> objects_in(const std::string& text) {
    std::vector<json::object> all;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        all.push_back(json::parse(line).as_object());
    }
    return all;
}

std::string told_when_writing_to(const std::filesystem::path& dir, int descriptor) {
    try {
        cli::export_registry(dir, {}, descriptor);
    } catch (const std::runtime_error& e) {
        return e.what();
    }
    return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(beside_a_server_it_tells_of_doses_and_of_nobody) {
    registered_season s;
    const run_result r = s.exported({"--format", "ndjson"});
    BOOST_TEST(r.exit_code == 0, r.err);
    BOOST_TEST(r.err == "");
    const auto rows = objects_in(r.out);
    BOOST_TEST_REQUIRE(rows.size() == doses);
    std::set<std::string> persons;
    for (unsigned n = 0; n < doses; ++n) {
        BOOST_TEST(text_of(rows[n], "id") == s.ids[n]);
        BOOST_TEST(text_of(rows[n], "clinic") == s.clinics()[0].code);
        BOOST_TEST(text_of(rows[n], "claim") == (n % 2 == 0 ? "AUTO_OK" : "NOT_PAYABLE"));
        persons.insert(text_of(rows[n], "person"));
    }
    BOOST_TEST(persons.size() == doses / 2);
    for (const char* const nobodys : {"Hong", "letter", "national_id"}) {
        BOOST_TEST(r.out.find(nobodys) == std::string::npos, nobodys);
    }
    // The same persons have the same names the next time, and in the other form.
    const run_result csv = s.exported({"--format", "csv"});
    for (const std::string& person : persons) {
        BOOST_TEST(csv.out.find(',' + person + ',') != std::string::npos);
    }
    check_failed(s.exported({"--format", "csv", "--personal", "--reason", "audit"}), 1,
                 "in use by process " + std::to_string(s.server().pid()));
}

BOOST_AUTO_TEST_CASE(with_personal_data_the_reason_is_in_the_audit) {
    registered_season s;
    BOOST_TEST(s.server().terminate() == 0);
    const std::string reason = "request 4711 of the programme's auditor";
    const run_result r = s.exported({"--format", "csv", "--personal", "--reason", reason});
    BOOST_TEST(r.exit_code == 0, r.err);
    for (unsigned n = 0; n < doses; ++n) {
        const std::string digits = synthetic_person(n / 2);
        const std::string person = digits.substr(0, 6) + '-' + digits.substr(6) +
                                   ",\"'=Hong the elder, of a rather long name\",letter " +
                                   std::to_string(n) + ',';
        BOOST_TEST(r.out.find(person) != std::string::npos, person);
    }
    BOOST_TEST(content_of(s.dir() / "ledger" / "data.mdb").find(reason) != std::string::npos);
    // A registration each, and this.
    const run_result verified = doseline::test::doseline({"verify", s.dir().string()});
    BOOST_TEST(verified.exit_code == 0, verified.err);
    BOOST_TEST(
        verified.out.find(' ' + std::to_string(doses + 1) + " audit records") != std::string::npos,
        verified.out);
    s.serve();
    BOOST_TEST(s.operators().fresh_proof().at("drift").to_number<int>() == 0);
}

BOOST_AUTO_TEST_CASE(bad_usage_of_export) {
    const temporary_directory scratch;
    const std::string dir = (scratch.path() / "registry").string();
    make_demo(dir, 1, 10);
    const std::string most(doseline::core::limits::export_reason_characters_max, 'r');
    const auto before = snapshot_of(dir);
    for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
             {},
             {"--format"},
             {"--format", "xml"},
             {"--format", "csv", "--personal"},
             {"--format", "csv", "--reason", "audit"},
             {"--format", "csv", "--personal", "--reason", ""},
             {"--format", "csv", "--personal", "--reason", "  "},
             {"--format", "csv", "--personal", "--reason", "two\nlines"},
             {"--format", "csv", "--personal", "--reason", "\xff"},
             {"--format", "csv", "--personal", "--reason", most + "r"}}) {
        std::vector<std::string> call{"export", dir};
        call.insert(call.end(), more.begin(), more.end());
        check_failed(doseline::test::doseline(call), 2);
    }
    check_unchanged(before, dir);
    BOOST_TEST(
        doseline::test::doseline({"export", dir, "--format", "csv", "--personal", "--reason", most})
            .exit_code == 0);
}

BOOST_AUTO_TEST_CASE(a_reader_that_goes_away_or_a_full_disk_is_told) {
    registered_season s;
    int ends[2];
    BOOST_TEST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    ::close(ends[0]);
    BOOST_TEST(told_when_writing_to(s.dir(), ends[1]) ==
               "the export is not complete: its reader went away");
    ::close(ends[1]);
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    BOOST_TEST_REQUIRE(full >= 0);
    BOOST_TEST(told_when_writing_to(s.dir(), full).find("No space left") != std::string::npos);
    ::close(full);
}

BOOST_AUTO_TEST_SUITE_END()
