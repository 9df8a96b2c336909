// A health centre decides on the claims of its region's clinics, through the real program.
#include "tests/system/claim_region.hpp"
#include "tests/system/problem.hpp"
#include "tests/system/problems.hpp"

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_claim)

namespace json = boost::json;

BOOST_FIXTURE_TEST_CASE(the_centre_accepts_and_the_clinic_sees_who_did, claim_region) {
    const std::string made = excepted(1);
    const response r = decide(*centre, made, "\"1\"", "accept", "EVIDENCE_SEEN");
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    BOOST_TEST(r.field("etag") == "\"2\"");
    BOOST_TEST(r.field("location") == made);
    BOOST_TEST(!r.has("replayed"));
    const json::object told = parsed(r);
    BOOST_TEST(text_of(told, "id") == id_of(made));
    BOOST_TEST(text_of(told, "claim") == "EXCEPTION_OK");
    BOOST_TEST(text_of(told, "decision") == "accept");
    BOOST_TEST(text_of(told, "reason") == "EVIDENCE_SEEN");
    BOOST_TEST(number_of(told, "version") == 2);
    BOOST_TEST(!text_of(told, "decided_at").empty());

    const response again = decide(*centre, made, "\"1\"", "accept", "EVIDENCE_SEEN");
    BOOST_TEST(again.status == 200u);
    BOOST_TEST(again.field("replayed") == "true");
    BOOST_TEST(again.body == r.body);
    is_problem(decide(*centre, made, "\"1\"", "reject", "OTHER"), 412, "VERSION_CONFLICT");

    const auto seen = clinic->get_json(made);
    BOOST_TEST(text_of(seen, "claim") == "EXCEPTION_OK");
    BOOST_TEST(text_of(seen, "ruled") == "REVIEW");
    BOOST_TEST(text_of(seen, "state") == "REGISTERED");
    const auto& version = seen.at("versions").as_array().at(1).as_object();
    BOOST_TEST(text_of(version, "change") == "CLAIM_DECIDED");
    BOOST_TEST(text_of(version, "decision") == "accept");
    BOOST_TEST(text_of(version, "reason") == "EVIDENCE_SEEN");
    BOOST_TEST(text_of(version, "by_clinic") == centre_code);
    BOOST_TEST(text_of(version.at("was").as_object(), "claim") == "REVIEW");
    // The clinic's software has an old version in hand.
    is_problem(change(*clinic, made, "/void", "\"1\"", {{"reason", "OTHER"}}), 412,
               "VERSION_CONFLICT");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(it_works_from_a_list_of_what_is_under_review, claim_region) {
    const std::string plain = shot(1);
    const std::string one = excepted(2);
    const std::string two = excepted(3);
    BOOST_TEST(listed("REVIEW") == (std::vector<std::string>{two, one}),
               boost::test_tools::per_element());
    decided(one, "accept", "EVIDENCE_SEEN");
    decided(two, "reject", "EVIDENCE_MISSING");
    BOOST_TEST(listed("REVIEW").empty());
    BOOST_TEST(listed("EXCEPTION_OK") == std::vector<std::string>{one},
               boost::test_tools::per_element());
    BOOST_TEST(listed("NOT_PAYABLE") == std::vector<std::string>{two},
               boost::test_tools::per_element());
    BOOST_TEST(listed("AUTO_OK") == std::vector<std::string>{plain},
               boost::test_tools::per_element());
    is_problem(centre->get("/v1/registrations" + query + "&claim=review"), 422, "BAD_FIELD");
    is_problem(centre->get("/v1/stock/movements" + query + "&claim=REVIEW"), 422, "UNKNOWN_FIELD");
    is_problem(far_centre->get("/v1/registrations" + query + "&claim=REVIEW"), 404, "NOT_FOUND");
    BOOST_TEST(clinic->get_json("/v1/registrations?claim=EXCEPTION_OK")
                   .at("registrations")
                   .as_array()
                   .size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(nobody_else_decides_and_nothing_else_is_decided, claim_region) {
    const std::string made = excepted(1);
    is_problem(decide(*clinic, made, "*", "accept", "OTHER"), 409, "CLAIM_STATE");
    is_problem(decide(*other, made, "*", "accept", "OTHER"), 404, "NOT_FOUND");
    is_problem(decide(*far_centre, made, "*", "accept", "OTHER"), 404, "NOT_FOUND");
    is_problem(decide(*centre, "/v1/registrations/1", "*", "accept", "OTHER"), 404, "NOT_FOUND");
    const auto wrong_field = [&](std::string_view decision, std::string_view reason,
                                 std::string_view field) {
        const response r = decide(*centre, made, "*", decision, reason);
        is_problem(r, 422, "BAD_FIELD");
        BOOST_TEST(text_of(parsed(r), "field") == field);
    };
    wrong_field("pay", "OTHER", "decision");
    wrong_field("ACCEPT", "OTHER", "decision");
    wrong_field("accept", "NOT_COVERED", "reason");
    wrong_field("reject", "EVIDENCE_SEEN", "reason");
    wrong_field("accept", "", "reason");
    is_problem(change(*centre, made, "/claim", "*", {{"decision", "accept"}}), 422, "BAD_FIELD");
    is_problem(change(*centre, made, "/claim", "*",
                      {{"decision", "accept"}, {"reason", "OTHER"}, {"claim", "PAID"}}),
               422, "UNKNOWN_FIELD");
    is_problem(centre->post(made + "/claim", json::serialize(json::object{{"decision", "accept"},
                                                                          {"reason", "OTHER"}})),
               428, "VERSION_MISSING");
    is_problem(decide(*centre, made, "\"2\"", "accept", "OTHER"), 412, "VERSION_CONFLICT");
    is_problem(decide(*centre, made, "*", "reopen", "MISTAKEN"), 409, "CLAIM_STATE");
    const std::string plain = shot(2);
    is_problem(decide(*centre, plain, "*", "reject", "OTHER"), 409, "CLAIM_STATE");
    BOOST_TEST(clinic->get(made).field("etag") == "\"1\"");
    BOOST_TEST(clinic->get(plain).field("etag") == "\"1\"");
}

// In both languages, each with its own next step.
BOOST_FIXTURE_TEST_CASE(what_is_refused_says_what_to_do, claim_region) {
    const std::string made = excepted(1);
    const std::string twin = duplicate(1);
    const auto says = [&](const response& r, std::string_view words) {
        BOOST_TEST(r.body.find(words) != std::string::npos, r.body);
    };
    const auto in_english = [&](clinic_desk& desk, const std::string& where,
                                std::string_view decision, std::string_view reason) {
        return desk.post(where + "/claim",
                         json::serialize(json::object{{"decision", decision}, {"reason", reason}}),
                         https_client::fields{{"If-Match", "*"}, {"Accept-Language", "en"}});
    };
    says(in_english(*clinic, made, "accept", "OTHER"), "ask the health centre");
    says(in_english(*centre, twin, "accept", "OTHER"), "COULD_NOT_KNOW");
    says(in_english(*centre, twin, "accept", "COULD_NOT_KNOW"), "must be voided or rejected");
    check_problem(decide(*centre, twin, "*", "accept", "COULD_NOT_KNOW"),
                  {409, "CLAIM_STATE", "", {}}, false);
    check_problem(in_english(*centre, twin, "accept", "EVIDENCE_SEEN"),
                  {422, "BAD_FIELD", "reason", {}}, true);
}

BOOST_FIXTURE_TEST_CASE(a_duplicate_is_accepted_in_place_of_the_first_and_never_beside_it,
                        claim_region) {
    const std::string made = excepted(1);
    const std::string twin = duplicate(1);
    is_problem(decide(*centre, twin, "*", "accept", "COULD_NOT_KNOW"), 409, "CLAIM_STATE");
    BOOST_TEST(decided(made, "reject", "EVIDENCE_MISSING") == "NOT_PAYABLE");
    no_drift();
    BOOST_TEST(decided(twin, "accept", "COULD_NOT_KNOW") == "EXCEPTION_OK");
    no_drift();
    is_problem(decide(*centre, made, "*", "reopen", "MISTAKEN"), 409, "CLAIM_STATE");
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
    serve();
    BOOST_TEST(text_of(other->get_json(twin), "claim") == "EXCEPTION_OK");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(a_correction_keeps_or_ends_a_decision, claim_region) {
    const std::string made = excepted(1);
    decided(made, "accept", "EVIDENCE_SEEN");
    const auto correct = [&](std::string_view tag, const json::object& what) {
        const response r = change(*clinic, made, "/corrections", tag, what);
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
        return text_of(parsed(r), "claim");
    };
    BOOST_TEST(correct("\"2\"", {{"site", "LA"}}) == "EXCEPTION_OK");
    BOOST_TEST(correct("\"3\"", {{"funding", "private"}}) == "NOT_PAYABLE");
    is_problem(decide(*centre, made, "*", "accept", "OTHER"), 409, "CLAIM_STATE");
    BOOST_TEST(correct("\"4\"", {{"funding", "national"}}) == "REVIEW");
    BOOST_TEST(!clinic->get_json(made).contains("ruled"));
    no_drift();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
