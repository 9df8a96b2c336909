// Correcting a registration, through the real program.
#include "tests/system/problem.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_correction)

namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

struct fixture {
    season s{4, 100};
    clinic_desk first = s.desk(0);
    clinic_desk second = s.desk(1);

    static response correct(clinic_desk& desk, const std::string& where, std::string_view tag,
                            const json::object& body) {
        https_client::fields fields;
        if (!tag.empty()) {
            fields.emplace_back("If-Match", tag);
        }
        return desk.post(where + "/corrections", json::serialize(body), fields);
    }
    static std::string shot(clinic_desk& desk, unsigned person, json::object more = {}) {
        const response r =
            desk.register_dose(new_key(), person_body(synthetic_person(person), std::move(more)));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        return r.field("location");
    }
    static std::int64_t of_account(clinic_desk& desk, std::string_view lot,
                                   std::string_view figure) {
        const auto stock = desk.get_json("/v1/stock");
        for (const auto& account : stock.at("accounts").as_array()) {
            if (text_of(account.as_object(), "lot") == lot) {
                return number_of(account.as_object(), figure);
            }
        }
        return -999;
    }
    void no_drift() {
        const auto proof = s.operators().fresh_proof();
        BOOST_TEST(number_of(proof, "drift") == 0, proof);
    }
};

std::string now_less(std::chrono::system_clock::duration time) {
    return korean_time(std::chrono::system_clock::now() - time);
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(another_lot_moves_the_dose_and_its_versions_tell, fixture) {
    const std::string made = shot(first, 1, {{"lot", "DEMO-A"}});
    const std::int64_t a = of_account(first, "DEMO-A", "on_hand");
    const std::int64_t b = of_account(first, "DEMO-B", "on_hand");
    const response r = correct(first, made, "\"1\"", {{"lot", "DEMO-B"}, {"site", "RA"}});
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    BOOST_TEST(r.field("etag") == "\"2\"");
    BOOST_TEST(r.field("location") == made);
    BOOST_TEST(!r.has("replayed"));
    const auto answer = parsed(r);
    BOOST_TEST(text_of(answer, "state") == "CORRECTED");
    BOOST_TEST(number_of(answer, "version") == 2);
    BOOST_TEST(number_of(answer, "remaining") == 99);
    BOOST_TEST(texts_of(answer, "flags").empty());
    BOOST_TEST(text_of(answer, "claim") == "AUTO_OK");
    BOOST_TEST(of_account(first, "DEMO-A", "on_hand") == a + 1);
    BOOST_TEST(of_account(first, "DEMO-B", "on_hand") == b - 1);

    const response seen = first.get(made);
    BOOST_TEST(seen.field("etag") == "\"2\"");
    const auto whole = parsed(seen);
    BOOST_TEST(text_of(whole, "state") == "CORRECTED");
    BOOST_TEST(text_of(whole, "lot") == "DEMO-B");
    BOOST_TEST(text_of(whole, "site") == "RA");
    const auto& versions = whole.at("versions").as_array();
    BOOST_REQUIRE(versions.size() == 2u);
    const auto& corrected = versions[1].as_object();
    BOOST_TEST(text_of(corrected, "change") == "CORRECTED");
    const json::object was{{"lot", "DEMO-A"}, {"site", ""}};
    BOOST_TEST(corrected.at("was").as_object() == was, corrected);
    BOOST_TEST(!corrected.contains("by_clinic"));
    const auto list = first.get_json("/v1/registrations");
    BOOST_TEST(text_of(list.at("registrations").as_array()[0].as_object(), "lot") == "DEMO-B");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(an_unknown_lot_stands_in_suspense_and_back_is_as_if_nothing_was, fixture) {
    const std::string made = shot(first, 1, {{"lot", "DEMO-A"}});
    const response r = correct(first, made, "\"1\"", {{"lot", "NOBODYS"}});
    BOOST_TEST(texts_of(parsed(r), "flags") == std::vector<std::string>{"LOT_UNKNOWN"},
               boost::test_tools::per_element());
    BOOST_TEST(of_account(first, "NOBODYS", "suspense") == -1);
    BOOST_TEST(correct(first, made, "\"2\"", {{"lot", "DEMO-A"}}).status == 200u);
    BOOST_TEST(of_account(first, "NOBODYS", "suspense") == 0);
    const response taken =
        first.post(made + "/void", R"({"reason":"NOT_GIVEN"})", {{"If-Match", "\"3\""}});
    BOOST_TEST(number_of(parsed(taken), "remaining") == 100);
    is_problem(correct(first, made, "*", {{"lot", "DEMO-B"}}), 412, "VERSION_CONFLICT");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(the_time_is_judged_again_for_who_it_was, fixture) {
    const std::string made = shot(first, 1);
    const std::string yesterday = now_less(24h);
    is_problem(correct(first, made, "\"1\"", {{"occurred_at", yesterday}}), 422, "BAD_FIELD",
               "national_id");
    is_problem(correct(first, made, "\"1\"",
                       {{"occurred_at", yesterday}, {"national_id", synthetic_person(2)}}),
               422, "BAD_FIELD", "national_id");
    const response r = correct(first, made, "\"1\"",
                               {{"occurred_at", yesterday}, {"national_id", synthetic_person(1)}});
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    BOOST_TEST(texts_of(parsed(r), "flags") == std::vector<std::string>{"LATE"},
               boost::test_tools::per_element());
    const auto last = parsed(second.check(synthetic_person(1))).at("last_dose").as_object();
    BOOST_TEST(text_of(last, "date") == yesterday.substr(0, 10));
    const auto of_yesterday = first.get_json("/v1/registrations?date=" + yesterday.substr(0, 10));
    BOOST_TEST(of_yesterday.at("registrations").as_array().size() == 1u);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(totals_follow_a_claim_here_and_after_a_restart, fixture) {
    const std::string made = shot(first, 1);
    shot(second, 2);
    BOOST_TEST(text_of(parsed(correct(first, made, "\"1\"", {{"funding", "private"}})), "claim") ==
               "NOT_PAYABLE");
    for (const bool restarted : {false, true}) {
        BOOST_TEST_CONTEXT("restarted " << restarted) {
            if (restarted) {
                s.server().terminate();
                s.serve();
            }
            clinic_desk desk = s.desk(0);
            const auto nation = desk.get_json("/v1/totals?scope=nation");
            BOOST_TEST(number_of(nation, "doses") == 2);
            BOOST_TEST(number_of(nation, "remaining") == 399);
            no_drift();
        }
    }
    clinic_desk desk = s.desk(0);
    BOOST_TEST(correct(desk, made, "\"2\"", {{"funding", "national"}}).status == 200u);
    no_drift();
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(the_same_correction_again_is_answered_the_same_even_after_a_restart,
                        fixture) {
    const std::string made = shot(first, 1, {{"lot", "DEMO-A"}});
    const json::object body{{"lot", "DEMO-B"}, {"reason", "MISTYPED"}};
    const response once = correct(first, made, "\"1\"", body);
    BOOST_TEST(once.status == 200u);
    shot(first, 2);
    s.server().terminate();
    s.serve();
    clinic_desk desk = s.desk(0);
    for (const char* const tag : {"\"1\"", "\"2\"", "*"}) {
        const response again = correct(desk, made, tag, body);
        BOOST_TEST(again.status == 200u);
        BOOST_TEST(again.field("replayed") == "true");
        BOOST_TEST(again.field("etag") == "\"2\"");
        BOOST_TEST(again.body == once.body);
    }
    is_problem(correct(desk, made, "\"1\"", {{"lot", "DEMO-A"}}), 412, "VERSION_CONFLICT");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(what_a_correction_must_say_and_whose_it_may_be, fixture) {
    const std::string made = shot(first, 1, {{"lot", "DEMO-A"}});
    const json::object good{{"lot", "DEMO-B"}};
    is_problem(correct(first, made, "\"1\"", {{"dose_ml", 0.333}}), 422, "BAD_FIELD", "dose_ml");
    is_problem(correct(first, made, "", good), 428, "VERSION_MISSING");
    is_problem(correct(first, made, "\"2\"", good), 412, "VERSION_CONFLICT");
    is_problem(correct(first, made, "1", good), 412, "VERSION_CONFLICT");
    is_problem(correct(second, made, "\"1\"", good), 404, "NOT_FOUND");
    is_problem(correct(first, "/v1/registrations/9999999", "*", good), 404, "NOT_FOUND");
    is_problem(correct(first, made, "*", {}), 422, "BAD_FIELD");
    is_problem(correct(first, made, "*", {{"lot", "demo-a"}}), 422, "BAD_FIELD");
    is_problem(correct(first, made, "*", {{"lot", "DEMO B"}}), 422, "BAD_FIELD", "lot");
    is_problem(correct(first, made, "*", {{"lot", "DEMO-B"}, {"reason", "BORED"}}), 422,
               "BAD_FIELD", "reason");
    is_problem(correct(first, made, "*", {{"lot", "DEMO-B"}, {"reason", ""}}), 422, "BAD_FIELD",
               "reason");
    is_problem(correct(first, made, "*", {{"exception", "ILL"}}), 422, "UNKNOWN_FIELD");
    is_problem(correct(first, made, "*",
                       {{"occurred_at", now_less(-1h)}, {"national_id", synthetic_person(1)}}),
               422, "FUTURE_DATE", "occurred_at");
    for (const json::object& person : {json::object{{"national_id", synthetic_person(1)}},
                                       json::object{{"lot", "DEMO-B"}, {"name", "김가상"}}}) {
        const response r = correct(first, made, "*", person);
        is_problem(r, 422, "BAD_FIELD");
        BOOST_TEST(text_of(parsed(r), "detail").find("취소한 뒤") != std::string::npos, r.body);
    }
    BOOST_TEST(first.get(made).field("etag") == "\"1\"");
}

// Two at the clinic press it in the same moment: one dose moves.
BOOST_FIXTURE_TEST_CASE(twins_correct_once, fixture) {
    clinic_desk twin = s.desk(0);
    const std::int64_t before = of_account(first, "DEMO-B", "on_hand");
    for (unsigned round = 0; round < 20; ++round) {
        const std::string made = shot(first, round, {{"lot", "DEMO-A"}});
        const json::object body{{"lot", "DEMO-B"}};
        std::thread other([&] { correct(twin, made, "\"1\"", body); });
        const response r = correct(first, made, "\"1\"", body);
        other.join();
        BOOST_TEST(r.status == 200u);
        BOOST_TEST(first.get(made).field("etag") == "\"2\"");
    }
    BOOST_TEST(of_account(first, "DEMO-B", "on_hand") == before - 20);
    no_drift();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
