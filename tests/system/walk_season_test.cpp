// What an operator brings in while the registry serves: through the real program.
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_season)

namespace {

namespace json = boost::json;

const std::string spring = R"(code = "spring"
name = "Spring"
starts = 2015-01-01
ends = 2999-06-30
[[phase]]
birth_from = 1800-01-01
birth_to = 1899-12-31
opens = 2015-01-01
closes = 2999-06-30
)";

struct fixture {
    season s{2, 100};

    response put(const std::string& what, const std::string& body,
                 const std::string& type = "application/json") {
        https_client line(s.ca(), s.server().admin_port());
        return line.request(
            "PUT", "/admin/v1/" + what,
            {{"Authorization", "Bearer " + operator_token(s.dir())}, {"Content-Type", type}}, body);
    }
    response put(const std::string& what, const json::object& body) {
        return put(what, json::serialize(body));
    }
    std::int64_t seq() { return number_of(parsed(s.operators().get("/admin/v1/status")), "seq"); }
    void set_mode(const std::string& mode) {
        const response r = s.operators().post("/admin/v1/mode", R"({"mode":")" + mode + R"("})");
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    }
    clinic_desk desk_of(const std::string& code) {
        const run_result r = doseline({"enroll", s.dir().string(), code, "--token"});
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
        demo_clinic clinic;
        clinic.code = code;
        clinic.token = r.out.substr(0, r.out.find('\n'));
        return {s.dir(), s.server(), clinic};
    }
    response shot(clinic_desk& desk, unsigned person, json::object more = {}) {
        return desk.register_dose(new_key(),
                                  person_body(synthetic_person(person), std::move(more)));
    }
    void no_drift() {
        const auto proof = s.operators().fresh_proof();
        BOOST_TEST(number_of(proof, "drift") == 0, proof);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_clinic_of_a_new_region_works_at_once_and_after_a_restart, fixture) {
    const json::object clinic{{"name", "새 의원"}, {"region", "99999"}};
    const response made = put("clinics/70000001", clinic);
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.head << made.body);
    clinic_desk desk = desk_of("70000001");
    BOOST_TEST(shot(desk, 1).status == 201u);
    BOOST_TEST(number_of(desk.get_json("/v1/totals?scope=region"), "doses") == 1);
    clinic_desk other = s.desk(0);
    BOOST_TEST(shot(other, 2).status == 201u);
    BOOST_TEST(number_of(desk.get_json("/v1/totals?scope=nation"), "doses") == 2);
    no_drift();
    s.server().terminate();
    s.serve();
    clinic_desk again = desk_of("70000001");
    BOOST_TEST(again.decision(synthetic_person(1)) == "ALREADY_VACCINATED");
    BOOST_TEST(put("clinics/70000001", clinic).status == 409u);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(a_lot_is_recalled_and_its_recall_lifted_while_clinics_work, fixture) {
    json::object lot{{"product", "QIV-9"}, {"programme", "demo"}, {"expires", "2999-12-31"}};
    BOOST_REQUIRE(put("lots/NEW-1", lot).status == 200u);
    clinic_desk desk = s.desk(0);
    BOOST_TEST(shot(desk, 1, {{"lot", "NEW-1"}}).status == 201u);
    lot["recalled"] = true;
    BOOST_REQUIRE(put("lots/NEW-1", lot).status == 200u);
    const response refused = shot(desk, 2, {{"lot", "NEW-1"}});
    BOOST_TEST(refused.status == 409u);
    BOOST_TEST(text_of(parsed(refused), "code") == "LOT_RECALLED");
    BOOST_TEST(put("lots/NEW-1", lot).status == 409u);
    lot["recalled"] = false;
    BOOST_REQUIRE(put("lots/NEW-1", lot).status == 200u);
    BOOST_TEST(shot(desk, 3, {{"lot", "NEW-1"}}).status == 201u);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(a_programme_opens_while_clinics_work, fixture) {
    clinic_desk desk = s.desk(0);
    BOOST_TEST(desk.check(synthetic_person(1), {{"programme", "spring"}}).status == 422u);
    BOOST_REQUIRE(put("programmes/spring", spring, "application/toml").status == 200u);
    BOOST_TEST(desk.decision(synthetic_person(1, 1895), {{"programme", "spring"}}) == "ELIGIBLE");
    no_drift();
}

// What is over nobody gets, and what is to come is told by who plans it.
BOOST_FIXTURE_TEST_CASE(the_public_is_told_of_the_programmes_that_are_on, fixture) {
    const auto brings = [&](std::string code, const char* starts, const char* ends) {
        const std::string text = "code = \"" + code + "\"\nname = \"N\"\nstarts = " + starts +
                                 "\nends = " + ends +
                                 "\n[[phase]]\nbirth_from = 1800-01-01\nbirth_to = 1899-12-31\n"
                                 "opens = " +
                                 starts + "\ncloses = " + ends + "\n";
        const response r = put("programmes/" + code, text, "application/toml");
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.body);
    };
    const auto told = [&] {
        std::vector<std::string> codes;
        const json::object status = s.desk(0).get_json("/status");
        for (const json::value& each : status.at("vaccine").as_array()) {
            codes.push_back(text_of(each.as_object(), "programme"));
        }
        return codes;
    };
    std::vector<std::string> wanted = told();
    BOOST_TEST(wanted.size() == 3u);  // the demo's
    brings("past", "2015-01-01", "2015-06-30");
    brings("on", "2015-01-01", "2999-06-30");
    brings("planned", "2999-01-01", "2999-06-30");
    wanted.push_back("on");
    BOOST_TEST(told() == wanted, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(what_cannot_be_taken_is_told_and_changes_nothing, fixture) {
    const std::int64_t before = seq();
    BOOST_TEST(put("clinics/7000001", json::object{{"name", "A"}, {"region", "99999"}}).status ==
               422u);
    BOOST_TEST(put("clinics/70000001", json::object{{"name", "A"}, {"region", "9"}}).status ==
               422u);
    BOOST_TEST(put("clinics/70000001", json::object{{"name", "A"}, {"x", "9"}}).status == 422u);
    BOOST_TEST(put("clinics/70000001", "{").status == 400u);
    BOOST_TEST(put("lots/NEW-1",
                   json::object{{"product", "Q"}, {"programme", "none"}, {"expires", "2999-12-31"}})
                   .status == 404u);
    BOOST_TEST(put("programmes/other", spring, "application/toml").status == 422u);
    BOOST_TEST(put("programmes/spring", "code = 7", "application/toml").status == 422u);
    BOOST_TEST(put("programmes/spring", spring).status == 415u);
    https_client line(s.ca(), s.server().admin_port());
    BOOST_TEST(
        line.request("PUT", "/admin/v1/lots/NEW-1", {{"Content-Type", "application/json"}}, "{}")
            .status == 401u);
    BOOST_TEST(seq() == before);
}

BOOST_FIXTURE_TEST_CASE(what_is_wrong_in_a_row_names_its_field, fixture) {
    const auto is_refused = [&](const std::string& what, const json::object& body, unsigned status,
                                const std::string& field, const std::string& words) {
        const response r = put(what, body);
        BOOST_TEST_CONTEXT(what << ' ' << r.body) {
            BOOST_TEST(r.status == status);
            BOOST_TEST(text_of(parsed(r), "field") == field);
            BOOST_TEST(text_of(parsed(r), "detail").starts_with(field + ' ' + words));
        }
    };
    is_refused("clinics/7000001", {{"name", "A"}, {"region", "99999"}}, 422, "code",
               "must have 8 digits");
    is_refused("clinics/70000001", {{"name", "A"}, {"region", "9"}}, 422, "region",
               "must have 5 digits");
    const json::object lot{{"product", "Q"}, {"programme", "none"}, {"expires", "2999-12-31"}};
    is_refused("lots/NEW-1", lot, 404, "programme", "is not known");
    is_refused("shipments/" + new_key(),
               {{"clinic", "00000001"}, {"lot", "DEMO-A"}, {"quantity", 0}, {"funding", "local"}},
               422, "quantity", "must be a whole number");
}

BOOST_FIXTURE_TEST_CASE(every_act_is_in_the_audit_once, fixture) {
    json::object lot{{"product", "QIV-9"}, {"programme", "demo"}, {"expires", "2999-12-31"}};
    const json::object shipment{
        {"clinic", s.clinics()[0].code}, {"lot", "NEW-1"}, {"quantity", 30}, {"funding", "local"}};
    const std::string one = "shipments/" + new_key();
    std::vector<std::int64_t> acts;
    const auto done = [&](const response& r) {
        BOOST_TEST((r.status == 200u || r.status == 201u), r.body);
        acts.push_back(seq());
    };
    done(put("clinics/70000001", json::object{{"name", "새 의원"}, {"region", "99999"}}));
    done(put("lots/NEW-1", lot));
    lot["recalled"] = true;
    done(put("lots/NEW-1", lot));
    done(put("programmes/spring", spring, "application/toml"));
    done(put(one, shipment));
    BOOST_TEST(put(one, shipment).status == 200u);
    BOOST_TEST(put("lots/NEW-1", lot).status == 409u);
    std::vector<std::int64_t> subjects;
    const json::object told = parsed(s.audit({}));
    for (const json::value& each : told.at("records").as_array()) {
        const json::object& record = each.as_object();
        if (text_of(record, "action") == "BROUGHT_IN") {
            BOOST_TEST(text_of(record, "address") == "127.0.0.1");
            BOOST_TEST(!record.contains("clinic"));
            subjects.push_back(number_of(record, "subject"));
        }
    }
    BOOST_TEST(subjects == acts, boost::test_tools::per_element());
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(in_read_only_an_operator_brings_nothing_in_either, fixture) {
    const json::object clinic{{"name", "새 의원"}, {"region", "99999"}};
    const json::object lot{{"product", "QIV-9"}, {"programme", "demo"}, {"expires", "2999-12-31"}};
    const json::object shipment{
        {"clinic", s.clinics()[0].code}, {"lot", "DEMO-A"}, {"quantity", 30}, {"funding", "local"}};
    const std::string one = "shipments/" + new_key();
    const auto all = [&](unsigned status, unsigned shipped) {
        BOOST_TEST(put("clinics/70000001", clinic).status == status);
        BOOST_TEST(put("lots/NEW-1", lot).status == status);
        BOOST_TEST(put("programmes/spring", spring, "application/toml").status == status);
        BOOST_TEST(put(one, shipment).status == shipped);
    };
    set_mode("read-only");
    const std::int64_t before = seq();
    all(503, 503);
    const response refused = put("clinics/70000001", clinic);
    BOOST_TEST(text_of(parsed(refused), "code") == "READ_ONLY");
    BOOST_TEST(refused.has("retry-after"));
    // What is wrong is told first, and access can be taken away meanwhile.
    BOOST_TEST(put("clinics/1", clinic).status == 422u);
    BOOST_TEST(seq() == before);
    BOOST_TEST(s.operators()
                   .post("/admin/v1/revocations",
                         json::serialize(json::object{{"clinic", s.clinics()[1].code}}))
                   .status == 200u);
    BOOST_TEST(seq() == before + 1);
    set_mode("register-only");
    all(200, 201);
    BOOST_TEST(seq() == before + 5);
    no_drift();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
