// What clinics do with the stock that they have beside giving it, through the real program.
#include "tests/system/stock_season.hpp"

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_movements)

BOOST_FIXTURE_TEST_CASE(a_delivery_is_confirmed_as_it_arrives, stock_season) {
    BOOST_TEST(stock(*first, "NEW-1") == (account{0, 50, 0}));
    auto told = move(*first, body("confirm", "NEW-1", 30));
    BOOST_TEST(text_of(told, "type") == "confirm");
    BOOST_TEST(text_of(told, "lot") == "NEW-1");
    BOOST_TEST(text_of(told, "product") == "P1");
    BOOST_TEST(text_of(told, "funding") == "national");
    BOOST_TEST(number_of(told, "quantity") == 30);
    BOOST_TEST(number_of(told, "on_hand") == 30);
    BOOST_TEST(number_of(told, "in_transit") == 20);
    BOOST_TEST(number_of(told, "remaining") == 130);
    BOOST_TEST(number_of(told, "difference") == 0);
    BOOST_TEST(!told.contains("reason"));
    BOOST_TEST(stock(*first, "NEW-1") == (account{30, 20, 0}));
    told = move(*first, body("confirm", "new-1", 18, {{"reason", "SHORT"}}));
    BOOST_TEST(number_of(told, "difference") == -2);
    BOOST_TEST(text_of(told, "reason") == "SHORT");
    BOOST_TEST(stock(*first, "NEW-1") == (account{48, 0, 0}));
    BOOST_TEST(number_of(first->get_json("/v1/stock"), "seq") == number_of(told, "seq"));
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(a_shot_before_the_delivery_was_confirmed_is_explained_by_it, stock_season) {
    BOOST_TEST(shot(*first, 1, "NEW-1") == std::vector<std::string>{"STOCK_NEGATIVE"},
               boost::test_tools::per_element());
    BOOST_TEST(stock(*first, "NEW-1") == (account{0, 50, -1}));
    const auto told = move(*first, body("confirm", "NEW-1", 50));
    BOOST_TEST(number_of(told, "on_hand") == 49);
    BOOST_TEST(number_of(told, "suspense") == 0);
    BOOST_TEST(stock(*first, "NEW-1") == (account{49, 0, 0}));
    BOOST_TEST(number_of(first->get_json("/v1/totals?scope=clinic"), "remaining") == 149);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(the_same_key_moves_once_and_is_answered_the_same_after_a_restart,
                        stock_season) {
    const std::string key = new_key();
    const std::string what = body("waste", "DEMO-A", 3, {{"reason", "FRIDGE_FAILURE"}});
    const response once = send(*first, key, what);
    BOOST_REQUIRE(once.status == 201u);
    const std::string of_a_shot = new_key();
    BOOST_TEST(first->register_dose(of_a_shot, person_body(synthetic_person(1))).status == 201u);
    const account left = stock(*first, "DEMO-A");
    for (const bool restarted : {false, true}) {
        BOOST_TEST_CONTEXT("restarted " << restarted) {
            if (restarted) {
                serve_again();
            }
            const response again = send(*first, key, what);
            BOOST_TEST(again.status == 200u);
            BOOST_TEST(again.field("replayed") == "true");
            BOOST_TEST(again.body == once.body);
            const response other =
                send(*first, key, body("waste", "DEMO-A", 4, {{"reason", "FRIDGE_FAILURE"}}));
            check_problem(other, {422, "KEY_REUSED", "", std::nullopt}, false);
            // One name space with registrations.
            check_problem(send(*first, of_a_shot, what), {422, "KEY_REUSED", "", std::nullopt},
                          false);
            const response dose = first->register_dose(key, person_body(synthetic_person(2)));
            BOOST_TEST(dose.status == 422u);
            BOOST_TEST(text_of(parsed(dose), "code") == "KEY_REUSED");
            BOOST_TEST(stock(*first, "DEMO-A") == left);
        }
    }
    // Another clinic's same key is another key.
    BOOST_TEST(send(*second, key, what).status == 201u);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(no_more_is_wasted_or_sent_than_is_on_hand, stock_season) {
    const account all = stock(*first, "DEMO-A");
    const auto much = static_cast<int>(all.on_hand) + 1;
    is_refused(*first, body("waste", "DEMO-A", much, {{"reason", "LOST"}}), 422, "BAD_FIELD",
               "quantity");
    is_refused(*first, body("transfer", "DEMO-A", much, {{"to", s.clinics()[1].code}}), 422,
               "BAD_FIELD", "quantity");
    BOOST_TEST(stock(*first, "DEMO-A") == all);
    BOOST_TEST(number_of(move(*first, body("waste", "DEMO-A", much - 1, {{"reason", "LOST"}})),
                         "on_hand") == 0);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(waste_of_yesterday_is_entered_today, stock_season) {
    const auto now = std::chrono::system_clock::now();
    const std::string then = korean_time(now - std::chrono::hours(20));
    const auto told =
        move(*first, body("waste", "DEMO-A", 1, {{"reason", "POWER_CUT"}, {"occurred_at", then}}));
    BOOST_TEST(text_of(told, "occurred_at").substr(0, 19) == then.substr(0, 19));
    BOOST_TEST(text_of(told, "recorded_at") > text_of(told, "occurred_at"));
    const std::string ahead = korean_time(now + std::chrono::hours(1));
    is_refused(*first, body("waste", "DEMO-A", 1, {{"reason", "LOST"}, {"occurred_at", ahead}}),
               422, "FUTURE_DATE", "occurred_at");
    is_refused(*first, body("waste", "DEMO-A", 1, {{"reason", "LOST"}, {"occurred_at", "now"}}),
               422, "BAD_FIELD", "occurred_at");
}

BOOST_FIXTURE_TEST_CASE(a_count_makes_the_book_what_is_there, stock_season) {
    const account before = stock(*first, "DEMO-A");
    is_refused(*first, body("count", "DEMO-A", 40), 422, "BAD_FIELD", "reason");
    const auto told = move(*first, body("count", "DEMO-A", 40, {{"reason", "MISCOUNT"}}));
    BOOST_TEST(number_of(told, "difference") == 40 - before.on_hand);
    BOOST_TEST(stock(*first, "DEMO-A") == (account{40, 0, 0}));
    BOOST_TEST(number_of(move(*first, body("count", "DEMO-A", 40)), "difference") == 0);
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(vaccine_used_too_early_is_made_good_from_the_clinics_own, stock_season) {
    const account before = stock(*first, "DEMO-A");
    const auto told = move(*first, body("replace", "DEMO-A", 12));
    BOOST_TEST(text_of(told, "type") == "replace");
    BOOST_TEST(number_of(told, "on_hand") == before.on_hand + 12);
    BOOST_TEST(number_of(told, "difference") == 0);
    BOOST_TEST(stock(*first, "DEMO-A") == (account{before.on_hand + 12, 0, 0}));
    is_refused(*first, body("replace", "DEMO-A", 0), 422, "BAD_FIELD", "quantity");
    is_refused(*first, body("replace", "DEMO-A", 1, {{"reason", "OTHER"}}), 422, "BAD_FIELD",
               "reason");
    is_refused(*first, body("replace", "NONE", 1), 422, "BAD_FIELD", "lot");
    no_drift();
    serve_again();
    BOOST_TEST(stock(*first, "DEMO-A") == (account{before.on_hand + 12, 0, 0}));
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(doses_of_a_lot_that_nobody_knows_are_assigned_to_the_right_one,
                        stock_season) {
    shot(*first, 1, "DMEO-A");
    const std::string one = last_shot;
    shot(*first, 2, "DMEO-A");
    const account before = stock(*first, "DEMO-A");
    BOOST_TEST(stock(*first, "DMEO-A") == (account{0, 0, -2}));
    is_refused(*first, body("assign", "DMEO-A", 3, {{"to_lot", "DEMO-A"}}), 422, "BAD_FIELD",
               "quantity");
    is_refused(*first, body("assign", "OTHER", 1, {{"to_lot", "DEMO-A"}}), 422, "BAD_FIELD", "lot");
    is_refused(*first, body("assign", "DMEO-A", 1, {{"to_lot", "DMEO-A"}}), 422, "BAD_FIELD",
               "to_lot");
    const auto told = move(*first, body("assign", "DMEO-A", 2, {{"to_lot", "DEMO-A"}}));
    BOOST_TEST(text_of(told, "to_lot") == "DEMO-A");
    BOOST_TEST(number_of(told, "on_hand") == before.on_hand - 2);
    BOOST_TEST(number_of(told, "suspense") == 0);
    BOOST_TEST(number_of(told, "remaining") == 98);
    BOOST_TEST(stock(*first, "DMEO-A") == (account{0, 0, 0}));
    BOOST_TEST(stock(*first, "DEMO-A") == (account{before.on_hand - 2, 0, 0}));
    no_drift();
    // One of them was not given after all.
    BOOST_TEST(
        first->post(one + "/void", R"({"reason":"NOT_GIVEN"})", {{"If-Match", "*"}}).status ==
        200u);
    BOOST_TEST(stock(*first, "DMEO-A") == (account{0, 0, 1}));
    move(*first, body("assign", "DMEO-A", 1, {{"to_lot", "DEMO-A"}}));
    BOOST_TEST(stock(*first, "DEMO-A") == (account{before.on_hand - 1, 0, 0}));
    no_drift();
}

BOOST_FIXTURE_TEST_CASE(what_a_movement_must_say, stock_season) {
    is_refused(*first, body("eat", "DEMO-A", 1), 422, "BAD_FIELD", "type");
    is_refused(*first, R"({"lot":"DEMO-A","quantity":1})", 422, "BAD_FIELD", "type");
    is_refused(*first, R"({"type":"confirm","quantity":1})", 422, "BAD_FIELD", "lot");
    is_refused(*first, R"({"type":"confirm","lot":"DEMO-A"})", 422, "BAD_FIELD", "quantity");
    for (const char* quantity : {"0", "-1", "1.5", "1000001", "\"1\"", "1e99", "null"}) {
        is_refused(*first,
                   R"({"type":"confirm","lot":"NEW-1","quantity":)" + std::string(quantity) + "}",
                   422, "BAD_FIELD", "quantity");
    }
    for (const char* lot : {"", "L 1", "123456789012345678901", "NOBODY"}) {
        is_refused(*first, body("confirm", lot, 1), 422, "BAD_FIELD", "lot");
    }
    is_refused(*first, body("waste", "DEMO-A", 1), 422, "BAD_FIELD", "reason");
    is_refused(*first, body("waste", "DEMO-A", 1, {{"reason", "BORED"}}), 422, "BAD_FIELD",
               "reason");
    is_refused(*first, body("waste", "DEMO-A", 1, {{"reason", ""}}), 422, "BAD_FIELD", "reason");
    is_refused(*first, body("transfer", "DEMO-A", 1), 422, "BAD_FIELD", "to");
    for (const char* to : {"99999999", "1", "1234567x", "123456789"}) {
        is_refused(*first, body("transfer", "DEMO-A", 1, {{"to", to}}), 422, "BAD_FIELD", "to");
    }
    is_refused(*first, body("transfer", "DEMO-A", 1, {{"to", s.clinics()[0].code}}), 422,
               "BAD_FIELD", "to");
    is_refused(*first, body("confirm", "NEW-1", 1, {{"funding", "private"}}), 422, "BAD_FIELD",
               "funding");
    is_refused(*first, body("assign", "DEMO-A", 1), 422, "BAD_FIELD", "to_lot");
    is_refused(*first, body("confirm", "NEW-1", 1, {{"colour", "red"}}), 422, "UNKNOWN_FIELD",
               "colour");
    is_refused(*first, "[]", 400, "BAD_JSON", "");
    check_problem(first->post("/v1/stock/movements", body("confirm", "NEW-1", 1)),
                  {400, "KEY_MISSING", "Idempotency-Key", std::nullopt}, false);
    check_problem(send(*first, "1234", body("confirm", "NEW-1", 1)),
                  {400, "KEY_INVALID", "Idempotency-Key", std::nullopt}, false);
    https_client anyone(s.ca(), s.server().clinic_port());
    BOOST_TEST(anyone
                   .request("POST", "/v1/stock/movements", {{"Content-Type", "application/json"}},
                            body("confirm", "NEW-1", 1))
                   .status == 401u);
    BOOST_TEST(stock(*first, "NEW-1") == (account{0, 50, 0}));
}

BOOST_FIXTURE_TEST_CASE(a_refusal_does_not_use_up_the_key_and_read_only_moves_nothing,
                        stock_season) {
    const std::string key = new_key();
    BOOST_TEST(send(*first, key, body("waste", "NEW-1", 5, {{"reason", "LOST"}})).status == 422u);
    operator_desk operators = s.operators();
    BOOST_TEST(operators.post("/admin/v1/mode", R"({"mode":"read-only"})").status == 200u);
    check_problem(send(*first, key, body("confirm", "NEW-1", 50)),
                  {503, "READ_ONLY", "", std::nullopt}, false);
    BOOST_TEST(operators.post("/admin/v1/mode", R"({"mode":"normal"})").status == 200u);
    BOOST_TEST(send(*first, key, body("confirm", "NEW-1", 50)).status == 201u);
}

BOOST_FIXTURE_TEST_CASE(the_page_says_what_is_to_be_confirmed_and_what_is_unexplained,
                        stock_season) {
    shot(*first, 1, "DMEO-A");
    const response page = first->get("/?lang=en");
    const std::string told =
        "Vaccine left: 99 · to be confirmed: 50 · given, of no known "
        "delivery: 1";
    BOOST_TEST(page.body.find(told) != std::string::npos, page.body);
    const response korean = first->get("/?lang=ko");
    BOOST_TEST(korean.body.find("입고 확인 대기: 50") != std::string::npos, korean.body);
    move(*first, body("confirm", "NEW-1", 50));
    move(*first, body("assign", "DMEO-A", 1, {{"to_lot", "DEMO-A"}}));
    const response after = first->get("/?lang=en");
    BOOST_TEST(after.body.find("Vaccine left: 149<") != std::string::npos, after.body);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
