// Taking a registration back, through the real program.
#include "tests/system/problem.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_void)

namespace {

struct fixture {
    season s{4, 100};
    clinic_desk first = s.desk(0);
    clinic_desk second = s.desk(1);

    static std::string where(const response& registered) {
        BOOST_REQUIRE_MESSAGE(registered.status == 201, registered.head << registered.body);
        return registered.field("location");
    }
    static response take_back(clinic_desk& desk, const std::string& where, std::string_view tag,
                              std::string_view reason = "NOT_GIVEN") {
        https_client::fields fields;
        if (!tag.empty()) {
            fields.emplace_back("If-Match", tag);
        }
        return desk.post(where + "/void", R"({"reason":")" + std::string(reason) + R"("})", fields);
    }
    std::string shot(clinic_desk& desk, unsigned person) {
        return where(desk.register_dose(new_key(), person_body(synthetic_person(person))));
    }
    void no_drift() {
        const auto proof = s.operators().fresh_proof();
        BOOST_TEST(number_of(proof, "drift") == 0, proof);
    }
};

std::int64_t on_hand(clinic_desk& desk) {
    std::int64_t doses = 0;
    const auto stock = desk.get_json("/v1/stock");
    for (const auto& account : stock.at("accounts").as_array()) {
        doses += number_of(account.as_object(), "on_hand");
    }
    return doses;
}

std::int64_t in_hours(const boost::json::object& totals) {
    std::int64_t doses = 0;
    for (const auto& hour : totals.at("by_hour").as_array()) {
        doses += hour.to_number<std::int64_t>();
    }
    return doses;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_void_gives_the_dose_back_and_the_person_may_come_again, fixture) {
    const std::string made = shot(first, 1);
    BOOST_TEST(on_hand(first) == 99);
    const response r = take_back(first, made, "\"1\"");
    BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
    BOOST_TEST(r.field("etag") == "\"2\"");
    BOOST_TEST(!r.has("replayed"));
    const auto answer = parsed(r);
    BOOST_TEST(text_of(answer, "state") == "VOIDED");
    BOOST_TEST(text_of(answer, "reason") == "NOT_GIVEN");
    BOOST_TEST(number_of(answer, "version") == 2);
    BOOST_TEST(number_of(answer, "remaining") == 100);
    BOOST_TEST("/v1/registrations/" + text_of(answer, "id") == made);
    BOOST_TEST(on_hand(first) == 100);
    BOOST_TEST(second.decision(synthetic_person(1)) == "ELIGIBLE");

    const response seen = first.get(made);
    BOOST_TEST(seen.field("etag") == "\"2\"");
    BOOST_TEST(text_of(parsed(seen), "state") == "VOIDED");
    BOOST_TEST(text_of(parsed(seen), "claim") == "NOT_PAYABLE");
    const auto whole = parsed(seen);
    const auto& versions = whole.at("versions").as_array();
    BOOST_REQUIRE(versions.size() == 2u);
    BOOST_TEST(text_of(versions[1].as_object(), "change") == "VOIDED");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(the_same_void_again_is_answered_the_same_even_after_a_restart, fixture) {
    const std::string made = shot(first, 1);
    const response once = take_back(first, made, "\"1\"");
    shot(first, 2);
    s.server().terminate();
    s.serve();
    clinic_desk desk = s.desk(0);
    for (const char* const tag : {"\"1\"", "\"2\"", "*"}) {
        const response again = take_back(desk, made, tag);
        BOOST_TEST(again.status == 200u);
        BOOST_TEST(again.field("replayed") == "true");
        BOOST_TEST(again.field("etag") == "\"2\"");
        BOOST_TEST(again.body == once.body);
    }
    is_problem(take_back(desk, made, "\"1\"", "OTHER"), 412, "VERSION_CONFLICT");
    is_problem(take_back(desk, made, "\"3\""), 412, "VERSION_CONFLICT");
    BOOST_TEST(on_hand(desk) == 99);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(the_next_dose_of_the_person_becomes_payable_wherever_it_was_given,
                        fixture) {
    const std::string one = shot(first, 1);
    const std::string two = shot(second, 1);
    BOOST_TEST(text_of(second.get_json(two), "claim") == "NOT_PAYABLE");
    BOOST_TEST(take_back(first, one, "\"1\"", "WRONG_PERSON").status == 200u);
    const response seen = second.get(two);
    BOOST_TEST(seen.field("etag") == "\"2\"");
    BOOST_TEST(text_of(parsed(seen), "claim") == "AUTO_OK");
    BOOST_TEST(texts_of(parsed(seen), "flags").empty());
    no_drift();
    // Its clinic has not seen that version.
    is_problem(take_back(second, two, "\"1\""), 412, "VERSION_CONFLICT");
    BOOST_TEST(take_back(second, two, "\"2\"").status == 200u);
    BOOST_TEST(first.decision(synthetic_person(1)) == "ELIGIBLE");
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(totals_follow_here_and_after_a_restart, fixture) {
    const std::string one = shot(first, 1);
    shot(second, 1);
    shot(second, 2);
    take_back(first, one, "\"1\"");
    for (const bool restarted : {false, true}) {
        BOOST_TEST_CONTEXT("restarted " << restarted) {
            if (restarted) {
                s.server().terminate();
                s.serve();
            }
            clinic_desk desk = s.desk(0);
            const auto nation = desk.get_json("/v1/totals?scope=nation");
            BOOST_TEST(number_of(nation, "doses") == 2);
            BOOST_TEST(in_hours(nation) == 2);
            BOOST_TEST(number_of(nation, "remaining") == 398);
            const auto clinic = desk.get_json("/v1/totals?scope=clinic");
            BOOST_TEST(number_of(clinic, "doses") == 0);
            BOOST_TEST(in_hours(clinic) == 0);
            no_drift();
        }
    }
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
}

BOOST_FIXTURE_TEST_CASE(what_a_void_must_say_and_whose_it_may_be, fixture) {
    const std::string made = shot(first, 1);
    is_problem(take_back(first, made, ""), 428, "VERSION_MISSING");
    for (const char* const tag :
         {"\"2\"", "\"0\"", "\"01\"", "W/\"1\"", "1", "\"1\", \"2\"", "\"\""}) {
        BOOST_TEST_CONTEXT(tag) {
            is_problem(take_back(first, made, tag), 412, "VERSION_CONFLICT");
        }
    }
    is_problem(take_back(second, made, "\"1\""), 404, "NOT_FOUND");
    is_problem(take_back(second, made, "*"), 404, "NOT_FOUND");
    is_problem(take_back(first, "/v1/registrations/9999999", "*"), 404, "NOT_FOUND");
    is_problem(take_back(first, made, "*", "BORED"), 422, "BAD_FIELD");
    const response lot = take_back(first, made, "*", "WRONG_LOT");
    is_problem(lot, 422, "BAD_FIELD");
    BOOST_TEST(text_of(parsed(lot), "detail").find("정정") != std::string::npos, lot.body);
    is_problem(first.post(made + "/void", "{}", {{"If-Match", "*"}}), 422, "BAD_FIELD");
    is_problem(first.post(made + "/void", R"({"reason":"OTHER","x":1})", {{"If-Match", "*"}}), 422,
               "UNKNOWN_FIELD");
    BOOST_TEST(on_hand(first) == 99);
}

// Two at the clinic press it in the same moment: one dose comes back.
BOOST_FIXTURE_TEST_CASE(twins_void_once, fixture) {
    clinic_desk twin = s.desk(0);
    for (unsigned round = 0; round < 20; ++round) {
        const std::string made = shot(first, round);
        std::thread other([&] { take_back(twin, made, "\"1\""); });
        const response r = take_back(first, made, "\"1\"");
        other.join();
        BOOST_TEST(r.status == 200u);
    }
    BOOST_TEST(on_hand(first) == 100);
    no_drift();
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
