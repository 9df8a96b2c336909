// An auditor asks who looked at whose data: through the real program.
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_audit)

namespace {

namespace json = boost::json;

struct fixture {
    season s{3, 100};
    std::string token = auditor_token(s.dir());

    response ask(const std::string& body, const std::string& as) {
        https_client line(s.ca(), s.server().admin_port());
        return line.request(
            "POST", "/admin/v1/audit",
            {{"Authorization", "Bearer " + as}, {"Content-Type", "application/json"}}, body);
    }
    std::vector<json::object> records(const json::object& question) {
        const response r = ask(json::serialize(question), token);
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
        const json::object answered = parsed(r);
        std::vector<json::object> all;
        for (const json::value& each : answered.at("records").as_array()) {
            all.push_back(each.as_object());
        }
        return all;
    }
    static std::vector<std::string> actions(const std::vector<json::object>& records) {
        std::vector<std::string> all;
        for (const json::object& r : records) {
            all.push_back(text_of(r, "action"));
        }
        return all;
    }
    void is(const json::object& question, const std::vector<std::string>& wanted) {
        BOOST_TEST(actions(records(question)) == wanted, boost::test_tools::per_element());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_person_can_be_told_who_looked, fixture) {
    clinic_desk first = s.desk(0);
    clinic_desk second = s.desk(1);
    first.check(synthetic_person(1));
    const response made = first.register_dose(new_key(), person_body(synthetic_person(1)),
                                              {{"Doseline-User", "nurse-kim"}});
    first.get(made.field("location"));
    second.check(synthetic_person(1));
    second.check(synthetic_person(2));
    first.get("/v1/registrations");

    const json::object person{{"national_id", synthetic_person(1)}};
    const auto seen = records(person);
    const std::vector<std::string> wanted{"CHECKED", "REGISTERED", "VIEWED", "CHECKED", "VIEWED"};
    BOOST_TEST(actions(seen) == wanted, boost::test_tools::per_element());
    BOOST_TEST(text_of(seen[1], "clinic") == s.clinics()[0].code);
    BOOST_TEST(text_of(seen[1], "user") == "nurse-kim");
    BOOST_TEST(text_of(seen[1], "address") == "127.0.0.1");
    BOOST_TEST(text_of(seen[3], "clinic") == s.clinics()[1].code);
    BOOST_TEST(text_of(seen[3], "decision") == "ALREADY_VACCINATED");
    // By the name that stands in the answer, too; and that somebody asked is recorded.
    const json::object named{{"person", text_of(seen[0], "person")}};
    std::vector<std::string> and_the_queries{"CHECKED", "REGISTERED", "VIEWED",
                                             "CHECKED", "VIEWED",     "QUERIED"};
    is(named, and_the_queries);
    and_the_queries.emplace_back("QUERIED");  // the one by name
    is(person, and_the_queries);
    // No number, no name of a person, leaves.
    BOOST_TEST(ask(json::serialize(person), token).body.find(synthetic_person(1).substr(0, 6)) ==
               std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(by_clinic_and_by_time, fixture) {
    using std::chrono::system_clock;
    s.desk(0).check(synthetic_person(1));
    s.desk(1).check(synthetic_person(2));
    is({{"clinic", s.clinics()[1].code}}, {"CHECKED"});
    const auto now = system_clock::now();
    is({{"clinic", s.clinics()[1].code}, {"from", korean_time(now + std::chrono::hours(1))}}, {});
    is({{"clinic", s.clinics()[1].code}, {"to", korean_time(now - std::chrono::hours(1))}}, {});
    is({{"clinic", s.clinics()[1].code},
        {"from", korean_time(now - std::chrono::hours(1))},
        {"to", korean_time(now + std::chrono::hours(1))}},
       {"CHECKED"});
}

BOOST_FIXTURE_TEST_CASE(it_outlasts_a_restart_and_is_told_in_pages, fixture) {
    clinic_desk desk = s.desk(0);
    for (unsigned n = 1; n <= 201; ++n) {
        desk.check(synthetic_person(n));
    }
    s.server().terminate();
    s.serve();
    const json::object first = parsed(ask("{}", token));
    BOOST_TEST(first.at("records").as_array().size() == 200u);
    const json::object second =
        parsed(ask(json::serialize(json::object{{"cursor", first.at("next")}}), token));
    BOOST_TEST(second.at("records").as_array().size() == 2u);  // and the first query
    BOOST_TEST(!second.contains("next"));
}

BOOST_FIXTURE_TEST_CASE(what_an_operator_does_to_the_program_is_told, fixture) {
    const auto does = [&](const char* call, const char* body, unsigned status) {
        const response r = s.operators().post(std::string("/admin/v1/") + call, body);
        BOOST_TEST(r.status == status, r.head << r.body);
    };
    // In read-only, too: it is the disk alone that can keep a record out.
    for (const char* const mode : {"read-only", "register-only", "normal"}) {
        does("mode", (std::string(R"({"mode":")") + mode + "\"}").c_str(), 200);
    }
    does("mode", R"({"mode":"other"})", 422);
    does("reload", "", 200);
    does("backup", "", 202);
    does("drain", "", 200);
    BOOST_TEST(s.server().wait() == 0);
    s.serve();
    std::vector<std::string> acts;
    for (const json::object& record : records({})) {
        BOOST_TEST(text_of(record, "action") == "OPERATED");
        BOOST_TEST(text_of(record, "address") == "127.0.0.1");
        BOOST_TEST(!record.contains("clinic"));
        acts.push_back(text_of(record, "what"));
    }
    const std::vector<std::string> wanted{
        "mode read-only", "mode register-only", "mode normal", "reload", "backup", "drain"};
    BOOST_TEST(acts == wanted, boost::test_tools::per_element());
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(an_operator_is_no_auditor_nor_the_other_way_round, fixture) {
    BOOST_TEST(ask("{}", operator_token(s.dir())).status == 401u);
    BOOST_TEST(ask("{}", s.clinics()[0].token).status == 401u);
    BOOST_TEST(ask("{}", "").status == 401u);
    https_client line(s.ca(), s.server().admin_port());
    for (const char* const path : {"/admin/v1/status", "/admin/v1/proof", "/"}) {
        BOOST_TEST(line.request("GET", path, {{"Authorization", "Bearer " + token}}).status ==
                   401u);
    }
}

BOOST_FIXTURE_TEST_CASE(a_question_that_cannot_be_understood_is_refused, fixture) {
    for (const auto& [body, field] : {std::pair{R"({"clinic":"99999999"})", "clinic"},
                                      {R"({"clinic":"1"})", "clinic"},
                                      {R"({"national_id":"1"})", "national_id"},
                                      {R"({"person":"abc"})", "person"},
                                      {R"({"from":"today"})", "from"},
                                      {R"({"cursor":"x"})", "cursor"},
                                      {R"({"x":1})", "x"}}) {
        const response r = ask(body, token);
        BOOST_TEST(r.status == 422u, body << r.body);
        BOOST_TEST(text_of(parsed(r), "field") == field);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
