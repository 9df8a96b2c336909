// An operator pays what was accepted, through the real program.
#include "tests/system/claim_region.hpp"
#include "tests/system/problem.hpp"

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_payment)

namespace {

namespace json = boost::json;

struct fixture : claim_region {
    response pay(const json::array& ids) {
        return s.operators().post("/admin/v1/payments",
                                  json::serialize(json::object{{"registrations", ids}}));
    }
    json::object paid_row(const std::string& where) {
        const response r = pay({json::value(id_of(where))});
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
        const json::object body = parsed(r);
        return body.at("results").as_array().at(0).as_object();
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_paid_duplicate_stays_paid_when_the_first_goes, fixture) {
    const std::string made = excepted(1);
    const std::string twin = duplicate(1);
    is_problem(decide(*centre, twin, "*", "accept", "COULD_NOT_KNOW"), 409, "CLAIM_STATE");
    BOOST_TEST(decided(made, "reject", "EVIDENCE_MISSING") == "NOT_PAYABLE");
    BOOST_TEST(decided(twin, "accept", "COULD_NOT_KNOW") == "EXCEPTION_OK");
    is_problem(decide(*centre, made, "*", "reopen", "MISTAKEN"), 409, "CLAIM_STATE");
    BOOST_TEST(number_of(paid_row(twin), "status") == 201);
    no_drift();
    // And the first one goes, with the other one paid.
    BOOST_TEST(change(*clinic, made, "/void", "*", {{"reason", "NOT_GIVEN"}}).status == 200u);
    const auto seen = other->get_json(twin);
    BOOST_TEST(text_of(seen, "claim") == "PAID");
    BOOST_TEST(texts_of(seen, "flags") == std::vector<std::string>{"STOCK_NEGATIVE"},
               boost::test_tools::per_element());  // no duplicate any more
    no_drift();
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
    serve();
    BOOST_TEST(text_of(other->get_json(twin), "claim") == "PAID");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(an_operator_pays_row_by_row_and_once, fixture) {
    const std::string plain = shot(1);
    const std::string review = excepted(2);
    const std::string accepted = excepted(3);
    decided(accepted, "accept", "EVIDENCE_SEEN");
    const response r =
        pay({json::value(id_of(plain)), json::value(id_of(review)), json::value(id_of(accepted)),
             json::value("nonsense"), json::value(id_of(plain))});
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    const json::object body = parsed(r);
    const json::array& rows = body.at("results").as_array();
    BOOST_REQUIRE(rows.size() == 5u);
    const std::vector<std::int64_t> expected{201, 409, 201, 404, 200};
    for (std::size_t n = 0; n < rows.size(); ++n) {
        BOOST_TEST(number_of(rows[n].as_object(), "status") == expected[n], r.body);
    }
    const auto& first = rows[0].at("registration").as_object();
    BOOST_TEST(text_of(first, "id") == id_of(plain));
    BOOST_TEST(text_of(first, "clinic") == clinic_code);
    BOOST_TEST(text_of(first, "claim") == "PAID");
    BOOST_TEST(number_of(first, "version") == 2);
    BOOST_TEST(rows[4].at("registration").as_object() == first);
    BOOST_TEST(text_of(rows[1].at("problem").as_object(), "code") == "CLAIM_STATE");
    BOOST_TEST(text_of(rows[3].at("problem").as_object(), "code") == "NOT_FOUND");
    // Operators see no person.
    for (const char* personal : {"national_id", "name", "person", "******", "9000002"}) {
        BOOST_TEST(r.body.find(personal) == std::string::npos, r.body);
    }
    const auto seen = clinic->get_json(plain);
    BOOST_TEST(text_of(seen, "claim") == "PAID");
    const auto& version = seen.at("versions").as_array().at(1).as_object();
    BOOST_TEST(text_of(version, "decision") == "pay");
    BOOST_TEST(!version.contains("by"));
    BOOST_TEST(!version.contains("by_clinic"));
    is_problem(decide(*centre, accepted, "*", "reject", "OTHER"), 409, "CLAIM_STATE");
    no_drift();

    // Also when the answer was lost and the server started again since.
    s.server().terminate();
    serve();
    const json::object again = paid_row(plain);
    BOOST_TEST(number_of(again, "status") == 200);
    BOOST_TEST(again.at("registration").as_object() == first);
    BOOST_TEST(listed("PAID").size() == 2u);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(payments_are_two_hundred_at_a_time_and_operators_alone, fixture) {
    json::array ids;
    for (unsigned n = 0; n < 40; ++n) {
        ids.push_back(json::value(id_of(shot(n))));
    }
    while (ids.size() < 200) {
        ids.push_back(ids[ids.size() % 40]);
    }
    const response whole = pay(ids);
    BOOST_REQUIRE_MESSAGE(whole.status == 200, whole.head << whole.body);
    const json::object body = parsed(whole);
    std::size_t made = 0;
    for (const auto& row : body.at("results").as_array()) {
        made += number_of(row.as_object(), "status") == 201 ? 1 : 0;
    }
    BOOST_TEST(made == 40u);
    ids.push_back(ids[0]);
    is_problem(pay(ids), 422, "BAD_FIELD");
    is_problem(pay({}), 422, "BAD_FIELD");
    is_problem(pay({json::value(1)}), 422, "BAD_FIELD");
    https_client line(s.ca(), s.server().admin_port());
    BOOST_TEST(line.request("POST", "/admin/v1/payments", {{"Content-Type", "application/json"}},
                            R"({"registrations":["13"]})")
                   .status == 401u);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(what_was_paid_and_is_voided_stays_to_be_seen, fixture) {
    const std::string made = shot(1);
    paid_row(made);
    BOOST_TEST(change(*clinic, made, "/void", "\"2\"", {{"reason", "WRONG_PERSON"}}).status ==
               200u);
    const auto seen = centre->get_json(made);
    BOOST_TEST(text_of(seen, "state") == "VOIDED");
    BOOST_TEST(text_of(seen, "claim") == "PAID");
    BOOST_TEST(listed("PAID") == std::vector<std::string>{made}, boost::test_tools::per_element());
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(in_read_only_nothing_is_paid, fixture) {
    const std::string made = shot(1);
    const auto set_mode = [&](const std::string& mode) {
        BOOST_TEST(s.operators().post("/admin/v1/mode", R"({"mode":")" + mode + R"("})").status ==
                   200u);
    };
    set_mode("read-only");
    const response refused = pay({json::value(id_of(made))});
    BOOST_TEST(refused.status == 503u);
    BOOST_TEST(text_of(parsed(refused), "code") == "READ_ONLY");
    set_mode("normal");
    paid_row(made);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(decisions_and_payments_are_in_the_audit_and_the_export, fixture) {
    const std::string made = excepted(1);
    decided(made, "accept", "EVIDENCE_SEEN");
    paid_row(made);
    const response r = s.audit({{"national_id", ill(1)}});
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    std::vector<json::object> found;
    const json::object body = parsed(r);
    for (const auto& one : body.at("records").as_array()) {
        if (text_of(one.as_object(), "action") == "DECIDED") {
            found.push_back(one.as_object());
        }
    }
    BOOST_REQUIRE(found.size() == 2u);
    BOOST_TEST(text_of(found[0], "clinic") == centre_code);
    BOOST_TEST(!found[1].contains("clinic"));
    BOOST_TEST(text_of(found[1], "address") == "127.0.0.1");
    const run_result exported = doseline({"export", s.dir().string(), "--format", "ndjson"});
    BOOST_REQUIRE_MESSAGE(exported.exit_code == 0, exported.err);
    BOOST_TEST(exported.out.find(R"("claim":"PAID")") != std::string::npos, exported.out);
}

BOOST_FIXTURE_TEST_CASE(claims_of_a_closed_book_are_still_decided_on_and_paid, fixture) {
    const std::string accepted = excepted(1);
    const std::string rejected = excepted(2);
    BOOST_TEST_REQUIRE(s.server().terminate() == 0);
    for (const char* what : {"close", "open"}) {
        const run_result r = doseline({"season", what, s.dir().string()});
        BOOST_TEST_REQUIRE(r.exit_code == 0, r.err);
    }
    serve();
    BOOST_TEST(decided(accepted, "accept", "EVIDENCE_SEEN") == "EXCEPTION_OK");
    BOOST_TEST(decided(rejected, "reject", "EVIDENCE_MISSING") == "NOT_PAYABLE");
    paid_row(accepted);
    is_problem(change(*clinic, accepted, "/void", "*", {{"reason", "OTHER"}}), 409, "BOOK_CLOSED");
    BOOST_TEST(text_of(clinic->get_json(accepted), "claim") == "PAID");
    no_drift();
    BOOST_TEST(s.server().terminate() == 0);
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
    const run_result rows =
        doseline({"export", s.dir().string(), "--format", "csv", "--book", "1"});
    BOOST_TEST(rows.out.find("PAID") != std::string::npos, rows.out);
    BOOST_TEST(rows.out.find("REVIEW") == std::string::npos, rows.out);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
