// Persons whom the registry did not give their doses: brought in by a file, and known from then on.
#include "tests/system/consoles.hpp"
#include "tests/system/personal_search.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(import_persons)

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const std::string header = "national_id,programme,date,clinic,doses\n";

std::string with_hyphen(unsigned n) {
    return synthetic_person(n).substr(0, 6) + '-' + synthetic_person(n).substr(6);
}

struct fixture {
    fixture() { BOOST_TEST_REQUIRE(s.server().terminate() == 0); }

    std::string row(unsigned n, const std::string& date = "2016-10-04") const {
        return with_hyphen(n) + ",demo," + date + ',' + s.clinics()[1].code + ",1\n";
    }
    run_result import(const std::string& text) const {
        write_file(file, text);
        return doseline({"import", s.dir().string(), "persons", file.string()});
    }
    void took(const run_result& r, const std::string& words) const {
        BOOST_TEST(r.exit_code == 0, r.err);
        BOOST_TEST(r.out == words + '\n');
    }
    std::string events() const {
        const run_result r = doseline({"verify", s.dir().string()});
        BOOST_TEST_REQUIRE(r.exit_code == 0, r.err);
        return r.out.substr(0, r.out.find(','));
    }
    void is_known(unsigned n) {
        const json::object asked = parsed(s.desk(0).check(synthetic_person(n)));
        BOOST_TEST(text_of(asked, "decision") == "ALREADY_VACCINATED");
        const json::object& last = asked.at("last_dose").as_object();
        BOOST_TEST(text_of(last, "date") == "2016-10-04");
    }
    // Closes the book and opens the next one.
    void turn() const {
        for (const char* what : {"close", "open"}) {
            const run_result r = doseline({"season", what, s.dir().string()});
            BOOST_TEST_REQUIRE(r.exit_code == 0, r.err);
        }
    }
    std::vector<json::object> imports_in_the_audit() {
        const json::object answered = parsed(s.audit({}));
        std::vector<json::object> all;
        for (const json::value& each : answered.at("records").as_array()) {
            if (text_of(each.as_object(), "action") == "IMPORTED") {
                all.push_back(each.as_object());
            }
        }
        return all;
    }

    season s{3, 100};
    fs::path file = s.dir().parent_path() / "persons.csv";
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(who_was_brought_in_is_known_and_no_dose_more_is_paid, fixture) {
    took(import(header + row(1) + row(2)), "2 persons imported");
    s.serve();
    is_known(1);
    BOOST_TEST(s.desk(0).decision(synthetic_person(3)) == "ELIGIBLE");
    // A shot all the same is a fact; it is not paid for, and goes again without a trace.
    auto desk = s.desk(0);
    const json::object given =
        parsed(desk.register_dose(new_key(), person_body(synthetic_person(1))));
    BOOST_TEST(text_of(given, "claim") == "NOT_PAYABLE");
    BOOST_TEST(texts_of(given, "flags").front() == "ALREADY_VACCINATED");
    BOOST_TEST(number_of(desk.get_json("/v1/totals?scope=nation"), "doses") == 1);
    const response voided = desk.post("/v1/registrations/" + text_of(given, "id") + "/void",
                                      R"({"reason":"NOT_GIVEN"})", {{"If-Match", "\"1\""}});
    BOOST_TEST(voided.status == 200u, voided.body);
    is_known(1);
    BOOST_TEST(desk.get_json("/v1/registrations").at("registrations").as_array().size() == 1u);
    const json::object proof = s.operators().fresh_proof();
    BOOST_TEST(number_of(proof, "drift") == 0);
    BOOST_TEST(number_of(proof.at("checked").as_object(), "persons") == 2);
    // Known again after a start.
    BOOST_TEST(s.server().terminate() == 0);
    events();
    s.serve();
    is_known(2);
}

BOOST_FIXTURE_TEST_CASE(all_of_the_file_or_nothing, fixture) {
    took(import(header + row(1)), "1 persons imported");
    const std::string before = events();
    const auto refused = [&](const std::string& text, const std::string& at) {
        const run_result r = import(header + text);
        check_failed(r, 1, file.string() + at);
        BOOST_TEST(found_in(r.err, forms_of_number(synthetic_person(1))) == "", r.err);
        BOOST_TEST(found_in(r.err, forms_of_number(synthetic_person(2))) == "", r.err);
    };
    refused(row(2) + row(1), ":3:1: national_id is registered already");
    refused(row(2) + row(3) + row(2), ":4:1: national_id is registered already");
    refused(row(2, "2999-01-01"), ":2:21: date lies in the future");
    refused(with_hyphen(2) + ",none,2016-10-04," + s.clinics()[0].code + ",1\n",
            ":2:16: programme is not known");
    refused(with_hyphen(2) + ",demo,2016-10-04,00000001,1\n", ":2:32: clinic is not known");
    refused(with_hyphen(2) + ",demo,2016-10-04," + s.clinics()[0].code + ",2\n",
            ":2:41: doses are more than the programme gives");
    refused(row(2) + row(3).substr(1), ":3:1: national_id must be");
    BOOST_TEST(events() == before);
    took(import(header + row(2) + row(3)), "2 persons imported");
}

BOOST_FIXTURE_TEST_CASE(over_a_book_and_through_a_backup, fixture) {
    took(import(header + row(1) + row(2)), "2 persons imported");
    turn();
    s.serve();
    is_known(1);
    BOOST_TEST(s.server().terminate() == 0);
    check_failed(import(header + row(1)), 1, "national_id is registered already");
    took(import(header + row(3)), "1 persons imported");
    const fs::path backup = s.dir().parent_path() / "backup";
    const fs::path restored = s.dir().parent_path() / "restored";
    BOOST_TEST(doseline({"backup", s.dir().string(), backup.string()}).exit_code == 0);
    const run_result r = doseline({"restore", backup.string(), restored.string()});
    BOOST_TEST(r.exit_code == 0, r.err);
    fs::copy(s.dir() / "keys", restored / "keys", fs::copy_options::recursive);
    {
        server_process server(restored);
        clinic_desk desk(restored, server, s.clinics()[0]);
        for (const unsigned n : {1u, 2u, 3u}) {
            BOOST_TEST(desk.decision(synthetic_person(n)) == "ALREADY_VACCINATED");
        }
    }
    // They are no registrations of this registry.
    const run_result exported = doseline({"export", s.dir().string(), "--format", "ndjson"});
    BOOST_TEST(exported.exit_code == 0);
    BOOST_TEST(exported.out.find("registration") == std::string::npos, exported.out);
}

BOOST_FIXTURE_TEST_CASE(their_numbers_are_written_nowhere, fixture) {
    std::vector<searched_form> forms;
    for (const unsigned n : {700'271u, 829'314u}) {
        const auto more = forms_of_number(synthetic_person(n));
        forms.insert(forms.end(), more.begin(), more.end());
    }
    took(import(header + row(700'271) + row(829'314)), "2 persons imported");
    fs::remove(file);
    s.serve();
    is_known(700'271);
    const std::string told = s.operators().get("/metrics").body;
    BOOST_TEST(s.server().terminate() == 0);
    BOOST_TEST(found_in(s.server().log() + told, forms) == "");
    for (const auto& entry : fs::recursive_directory_iterator(s.dir())) {
        if (entry.is_regular_file()) {
            BOOST_TEST(found_in(content_of(entry.path()), forms) == "", entry.path());
        }
    }
}

BOOST_FIXTURE_TEST_CASE(who_brought_in_what_is_in_the_audit, fixture) {
    took(import(header + row(1) + row(2)), "2 persons imported");
    write_file(file, "code,name,region\n12345678,Clinic,11010\n");
    took(doseline({"import", s.dir().string(), "clinics", file.string()}), "1 clinics imported");
    check_failed(import(header + row(1)), 1);
    s.serve();
    const auto found = imports_in_the_audit();
    BOOST_TEST_REQUIRE(found.size() == 2u);
    BOOST_TEST(text_of(found[0], "what") == "2 persons");
    BOOST_TEST(text_of(found[1], "what") == "1 clinics");
    BOOST_TEST(text_of(found[0], "user") == "uid-" + std::to_string(::getuid()));
    BOOST_TEST(!found[0].contains("clinic"));
    BOOST_TEST(number_of(found[1], "subject") == number_of(found[0], "subject") + 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
