// What proves an exception: asked for, missing, shown to those who may see it, and to nobody else.
#include "tests/system/claim_region.hpp"
#include "tests/system/problem.hpp"

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_evidence)

namespace json = boost::json;

namespace {

constexpr std::string_view needs_proof = "WELFARE_FACILITY_RESIDENT";
constexpr std::string_view needs_none = "MEDICALLY_UNDERSERVED_AREA";
constexpr std::string_view proof = "시설장 확인서 12";

struct fixture : claim_region {
    response given(unsigned n, const json::object& more, std::string_view kind = needs_proof) {
        json::object all = more;
        all["exception"] = kind;
        const response r = clinic->register_dose(new_key(), person_body(ill(n), all));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        BOOST_TEST(text_of(parsed(r), "claim") == "REVIEW");
        return r;
    }
    void is_flagged(const response& r, const std::vector<std::string>& wanted) {
        BOOST_TEST(texts_of(parsed(r), "flags") == wanted, boost::test_tools::per_element());
        BOOST_TEST(texts_of(clinic->get_json(r.field("location")), "flags") == wanted,
                   boost::test_tools::per_element());
    }
    std::vector<std::string> audited(const std::string& where) {
        const auto seq = number_of(clinic->get_json(where), "seq");
        https_client line(s.ca(), s.server().admin_port());
        const response r = line.request("POST", "/admin/v1/audit",
                                        {{"Authorization", "Bearer " + auditor_token(s.dir())},
                                         {"Content-Type", "application/json"}},
                                        R"({"clinic":")" + std::string(centre_code) + "\"}");
        std::vector<std::string> all;
        const json::object told = parsed(r);
        for (const auto& one : told.at("records").as_array()) {
            if (one.as_object().contains("subject") &&
                number_of(one.as_object(), "subject") == seq) {
                all.push_back(text_of(one.as_object(), "action"));
            }
        }
        return all;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_check_says_when_it_is_needed, fixture) {
    const auto checked = [&](std::string_view kind) {
        return parsed(clinic->check(ill(1), {{"exception", kind}}));
    };
    BOOST_TEST(text_of(checked(needs_proof), "decision") == "ELIGIBLE_EXCEPTION");
    BOOST_TEST(text_of(checked(needs_proof), "evidence") == "required");
    BOOST_TEST(text_of(checked(needs_none), "decision") == "ELIGIBLE_EXCEPTION");
    BOOST_TEST(!checked(needs_none).contains("evidence"));
    BOOST_TEST(!parsed(clinic->check(ill(1))).contains("evidence"));
}

BOOST_FIXTURE_TEST_CASE(a_shot_without_it_is_recorded_and_flagged, fixture) {
    const std::vector<std::string> missing{"EVIDENCE_MISSING"};
    const response without = given(1, {});
    is_flagged(without, missing);
    is_flagged(given(2, {{"evidence", "  "}}), missing);
    // A long name needs an extension, too.
    is_flagged(given(3, {{"name", "Maximilian Bartholomew the Younger"}}), missing);
    is_flagged(given(4, {{"evidence", proof}}), {});
    is_flagged(given(5, {}, needs_none), {});
    BOOST_TEST(listed("REVIEW").size() == 5u);
    // It may have been seen on paper.
    BOOST_TEST(decided(without.field("location"), "accept", "EVIDENCE_SEEN") == "EXCEPTION_OK");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(the_clinic_and_its_centre_see_it_and_the_look_is_audited, fixture) {
    const std::string name = "Maximilian Bartholomew the Younger";
    const std::string made = given(1, {{"name", name}, {"evidence", proof}}).field("location");
    for (clinic_desk* desk : {clinic.get(), centre.get()}) {
        const auto seen = desk->get_json(made);
        BOOST_TEST(text_of(seen, "evidence") == proof);
        BOOST_TEST(text_of(seen, "name") == name);
    }
    BOOST_TEST(audited(made) == std::vector<std::string>{"VIEWED"},
               boost::test_tools::per_element());
    is_problem(other->get(made), 404, "NOT_FOUND");
    is_problem(far_centre->get(made), 404, "NOT_FOUND");

    const response changed = change(*clinic, made, "/corrections", "\"1\"", {{"site", "RA"}});
    BOOST_TEST(changed.status == 200u);
    const auto seen = clinic->get_json(made);
    BOOST_TEST(text_of(seen, "state") == "CORRECTED");
    BOOST_TEST(text_of(seen, "evidence") == proof);
}

BOOST_FIXTURE_TEST_CASE(lists_name_the_person_and_leave_it_out, fixture) {
    given(1, {{"name", "Hong"}, {"evidence", proof}});
    for (const auto& [desk, target] : {std::pair{clinic.get(), std::string("/v1/registrations")},
                                       std::pair{centre.get(), "/v1/registrations" + query}}) {
        const response r = desk->get(target);
        const auto row = parsed(r).at("registrations").as_array().at(0).as_object();
        BOOST_TEST(text_of(row, "name") == "Hong");
        BOOST_TEST(!row.contains("evidence"));
        BOOST_TEST(r.body.find(proof) == std::string::npos);
    }
}

BOOST_FIXTURE_TEST_CASE(a_registration_that_came_without_has_none, fixture) {
    const auto seen = clinic->get_json(given(1, {{"name", "Hong"}}).field("location"));
    BOOST_TEST(text_of(seen, "name") == "Hong");
    BOOST_TEST(!seen.contains("evidence"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
