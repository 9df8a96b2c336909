// Rows of a night, or of an outage, sent together: through the real program.
#include "tests/system/bad_lots.hpp"
#include "tests/system/problems.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_batch)

namespace {

namespace json = boost::json;

json::object row(unsigned person, const std::string& key = new_key(), json::object more = {}) {
    more["national_id"] = synthetic_person(person);
    more["key"] = key;
    return more;
}

std::string body_of(const std::vector<json::object>& rows) {
    json::array all;
    for (const json::object& r : rows) {
        all.emplace_back(r);
    }
    return json::serialize(json::object{{"rows", std::move(all)}});
}

struct fixture {
    season s{4, 300};
    clinic_desk desk = s.desk(0);

    static std::vector<json::object> results(const response& r) {
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
        std::vector<json::object> all;
        const json::object answered = parsed(r);
        for (const json::value& each : answered.at("results").as_array()) {
            all.push_back(each.as_object());
        }
        return all;
    }
    static std::vector<json::object> send(clinic_desk& from,
                                          const std::vector<json::object>& rows) {
        const auto got = results(from.post("/v1/registrations/batch", body_of(rows)));
        BOOST_REQUIRE(got.size() == rows.size());
        return got;
    }
    static json::object registration(const json::object& result, std::int64_t status = 201) {
        BOOST_REQUIRE_MESSAGE(number_of(result, "status") == status, result);
        return result.at("registration").as_object();
    }
    static void is_problem(const json::object& result, std::int64_t status, std::string_view code,
                           std::string_view field) {
        BOOST_TEST(number_of(result, "status") == status, result);
        const json::object& problem = result.at("problem").as_object();
        BOOST_TEST(text_of(problem, "code") == code);
        BOOST_TEST(
            (field.empty() ? !problem.contains("field") : text_of(problem, "field") == field),
            problem);
    }
    std::int64_t doses(std::size_t clinic = 0) {
        return number_of(s.desk(clinic).get_json("/v1/totals?scope=clinic"), "doses");
    }
    void no_drift() {
        const auto proof = s.operators().fresh_proof();
        BOOST_TEST(number_of(proof, "drift") == 0, proof);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(each_row_is_answered_as_by_itself_and_in_its_place, fixture) {
    json::object unknown = row(4);
    unknown["colour"] = "red";
    json::object keyless = row(5);
    keyless.erase("key");
    json::object nobody = row(6);
    nobody["national_id"] = "12345";
    json::object too_fine = row(8);
    too_fine["dose_ml"] = 0.333;
    const auto got =
        send(desk, {row(1), unknown, row(2), keyless, row(7, "no-uuid"), nobody, row(3), too_fine});
    const json::object first = registration(got[0]);
    BOOST_TEST(text_of(first, "claim") == "AUTO_OK");
    BOOST_TEST(number_of(first, "remaining") == 299);
    is_problem(got[1], 422, "UNKNOWN_FIELD", "colour");
    BOOST_TEST(number_of(registration(got[2]), "remaining") == 298);
    is_problem(got[3], 400, "KEY_MISSING", "key");
    is_problem(got[4], 400, "KEY_INVALID", "key");
    is_problem(got[5], 422, "ID_INVALID", "national_id");
    BOOST_TEST(number_of(registration(got[6]), "remaining") == 297);
    is_problem(got[7], 422, "BAD_FIELD", "dose_ml");
    BOOST_TEST(doses() == 3);
    const auto seen = desk.get_json("/v1/registrations/" + text_of(first, "id"));
    BOOST_TEST(text_of(seen, "receipt") == text_of(first, "receipt"));
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(rows_of_one_batch_meet_each_other, fixture) {
    const std::string key = new_key();
    const auto got = send(desk, {row(1), row(1), row(2, key), row(2, key), row(3, key)});
    BOOST_TEST(text_of(registration(got[0]), "claim") == "AUTO_OK");
    const json::object twin = registration(got[1]);
    BOOST_TEST(text_of(twin, "claim") == "NOT_PAYABLE");
    BOOST_TEST(texts_of(twin, "flags") == std::vector<std::string>{"ALREADY_VACCINATED"},
               boost::test_tools::per_element());
    BOOST_TEST(registration(got[2]) == registration(got[3], 200));
    is_problem(got[4], 422, "KEY_REUSED", "");
    BOOST_TEST(doses() == 3);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(any_order_twice_from_two_pcs_across_a_restart, fixture) {
    std::vector<json::object> rows;
    for (unsigned n = 1; n <= 20; ++n) {
        rows.push_back(row(n));
    }
    const auto first = send(desk, rows);
    std::reverse(rows.begin(), rows.end());
    s.server().terminate();
    s.serve();
    clinic_desk other = s.desk(0);
    const auto again = send(other, rows);
    for (std::size_t n = 0; n < rows.size(); ++n) {
        BOOST_TEST(registration(again[n], 200) == registration(first[rows.size() - 1 - n]));
    }
    // One by one, too: the names of shots are one space.
    const std::string key(rows[0].at("key").as_string());
    const response single = other.register_dose(key, person_body(synthetic_person(20)));
    BOOST_TEST(single.status == 200u);
    BOOST_TEST(parsed(single) == registration(first[19]));
    BOOST_TEST(doses() == 20);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(two_pcs_at_the_same_moment_share_each_row, fixture) {
    std::vector<json::object> rows;
    for (unsigned n = 1; n <= 100; ++n) {
        rows.push_back(row(n));
    }
    const std::string body = body_of(rows);
    clinic_desk other = s.desk(0);
    response answered;  // the framework's checks are the main thread's alone
    std::thread second([&] { answered = other.post("/v1/registrations/batch", body); });
    const auto here = results(desk.post("/v1/registrations/batch", body));
    second.join();
    const auto there = results(answered);
    BOOST_REQUIRE(here.size() == rows.size());
    BOOST_REQUIRE(there.size() == rows.size());
    for (std::size_t n = 0; n < rows.size(); ++n) {
        BOOST_TEST(number_of(here[n], "status") + number_of(there[n], "status") == 401);
        BOOST_TEST(here[n].at("registration") == there[n].at("registration"));
    }
    BOOST_TEST(doses() == 100);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(as_many_rows_as_are_allowed_and_one_more, fixture) {
    std::vector<json::object> rows;
    for (unsigned n = 1; n <= 200; ++n) {
        rows.push_back(row(n));
    }
    for (const json::object& result : send(desk, rows)) {
        registration(result);
    }
    rows.push_back(row(201));
    const response refused = desk.post("/v1/registrations/batch", body_of(rows));
    BOOST_TEST(refused.status == 422u);
    BOOST_TEST(text_of(parsed(refused), "code") == "BAD_FIELD");
    BOOST_TEST(text_of(parsed(refused), "field") == "rows");
    BOOST_TEST(send(desk, {}).empty());
    BOOST_TEST(doses() == 200);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(what_is_no_list_of_rows_is_refused_whole, fixture) {
    for (const std::string body :
         {R"({})", R"({"rows":{}})", R"({"rows":[1]})", R"({"rows":null})"}) {
        const response r = desk.post("/v1/registrations/batch", body);
        BOOST_TEST(r.status == 422u, r.body);
        BOOST_TEST(text_of(parsed(r), "field") == "rows");
    }
    BOOST_TEST(desk.post("/v1/registrations/batch", "{").status == 400u);
    const std::string large = R"({"rows":[],"x":")" + std::string(1u << 20, 'x') + R"("})";
    BOOST_TEST(desk.post("/v1/registrations/batch", large).status == 413u);
    BOOST_TEST(doses() == 0);
}

// Nobody sits there to be asked.
BOOST_FIXTURE_TEST_CASE(an_expired_lot_is_recorded_for_review, fixture) {
    served_season bad(doseline_binary(), import_bad_lots);
    const response r = bad.send(
        {"POST", "/v1/registrations/batch", bad.json_of(bad.clinics.front()),
         body_of({row(1, new_key(), {{"lot", "OLD-1"}}), row(2, new_key(), {{"lot", "BAD-1"}})})});
    for (const json::object& result : results(r)) {
        BOOST_TEST(text_of(registration(result), "claim") == "REVIEW");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
