// What clinics do with their stock beside giving it, through the real program.
#include "tests/system/consoles.hpp"
#include "tests/system/problems.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

namespace doseline::test {

namespace {

constexpr const char* centre_code = "77000001";

struct account {
    std::int64_t on_hand = 0;
    std::int64_t in_transit = 0;
    std::int64_t suspense = 0;

    friend bool operator==(const account&, const account&) = default;
    friend std::ostream& operator<<(std::ostream& out, const account& a) {
        return out << a.on_hand << " on hand, " << a.in_transit << " in transit, " << a.suspense
                   << " in suspense";
    }
};

// A demo season with a health centre, and fifty doses of NEW-1 on their way to the first clinic.
struct fixture {
    fixture() {
        s.server().terminate();
        import("clinics", "code,name,region,kind\n" + std::string(centre_code) +
                              ",Centre,11010,health_centre\n");
        import("lots", "lot,product,programme,expires\nNEW-1,P1,demo,2999-12-31\n");
        import("shipments",
               "clinic,lot,quantity,funding\n" + s.clinics()[0].code + ",NEW-1,50,national\n");
        s.serve();
        first = std::make_unique<clinic_desk>(s.desk(0));
        second = std::make_unique<clinic_desk>(s.desk(1));
    }
    void import(const std::string& what, const std::string& text) {
        const auto file = s.dir().parent_path() / what;
        write_file(file, text);
        const run_result r = doseline({"import", s.dir().string(), what, file.string()});
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
    }
    void serve_again() {
        s.server().terminate();
        s.serve();
        first = std::make_unique<clinic_desk>(s.desk(0));
        second = std::make_unique<clinic_desk>(s.desk(1));
    }
    clinic_desk centre() {
        const run_result r = doseline({"enroll", s.dir().string(), centre_code, "--token"});
        BOOST_REQUIRE_MESSAGE(r.exit_code == 0, r.err);
        demo_clinic c;
        c.code = centre_code;
        c.token = r.out.substr(0, r.out.find('\n'));
        return {s.dir(), s.server(), c};
    }

    static std::string body(std::string_view type, std::string_view lot, int quantity,
                            boost::json::object more = {}) {
        more["type"] = type;
        more["lot"] = lot;
        more["quantity"] = quantity;
        return boost::json::serialize(more);
    }
    static response send(clinic_desk& desk, const std::string& key, const std::string& body,
                         https_client::fields more = {}) {
        more.emplace_back("Idempotency-Key", key);
        return desk.post("/v1/stock/movements", body, std::move(more));
    }
    static boost::json::object move(clinic_desk& desk, const std::string& body) {
        const response r = send(desk, new_key(), body);
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        BOOST_TEST(!r.has("replayed"));
        return parsed(r);
    }
    static account stock(clinic_desk& desk, const std::string& lot) {
        account sum;
        const auto answer = desk.get_json("/v1/stock");
        for (const auto& value : answer.at("accounts").as_array()) {
            const auto& a = value.as_object();
            if (text_of(a, "lot") == lot) {
                sum.on_hand += number_of(a, "on_hand");
                sum.in_transit += number_of(a, "in_transit");
                sum.suspense += number_of(a, "suspense");
            }
        }
        return sum;
    }
    // In both languages, and nothing has happened.
    void is_refused(clinic_desk& desk, const std::string& body, unsigned status,
                    const std::string& code, const std::string& field) {
        BOOST_TEST_CONTEXT(body) {
            check_problem(send(desk, new_key(), body), {status, code, field, std::nullopt}, false);
            check_problem(send(desk, new_key(), body, {{"Accept-Language", "en"}}),
                          {status, code, field, std::nullopt}, true);
        }
    }
    std::vector<std::string> shot(clinic_desk& desk, unsigned person, const std::string& lot) {
        const response r =
            desk.register_dose(new_key(), person_body(synthetic_person(person), {{"lot", lot}}));
        BOOST_REQUIRE_MESSAGE(r.status == 201, r.head << r.body);
        last_shot = "/v1/registrations/" + text_of(parsed(r), "id");
        return texts_of(parsed(r), "flags");
    }
    void no_drift() {
        const auto proof = s.operators().fresh_proof();
        BOOST_TEST(number_of(proof, "drift") == 0, proof);
    }

    season s{3, 100};
    std::unique_ptr<clinic_desk> first;
    std::unique_ptr<clinic_desk> second;
    std::string last_shot;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(walk_movements, fixture)

BOOST_AUTO_TEST_CASE(a_delivery_is_confirmed_as_it_arrives) {
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

BOOST_AUTO_TEST_CASE(a_shot_before_the_delivery_was_confirmed_is_explained_by_it) {
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

BOOST_AUTO_TEST_CASE(the_same_key_moves_once_and_is_answered_the_same_after_a_restart) {
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

BOOST_AUTO_TEST_CASE(a_transfer_needs_two_confirmations_and_what_is_missing_shows) {
    const std::string to = s.clinics()[1].code;
    const account here = stock(*first, "DEMO-A");
    const account there = stock(*second, "DEMO-A");
    const auto nation = number_of(first->get_json("/v1/totals?scope=nation"), "remaining");
    const auto told = move(*first, body("transfer", "DEMO-A", 4, {{"to", to}}));
    BOOST_TEST(text_of(told, "to") == to);
    BOOST_TEST(number_of(told, "on_hand") == here.on_hand - 4);
    BOOST_TEST(stock(*second, "DEMO-A") == (account{there.on_hand, 4, 0}));
    BOOST_TEST(number_of(first->get_json("/v1/totals?scope=nation"), "remaining") == nation - 4);
    no_drift();
    const auto part = move(*second, body("confirm", "DEMO-A", 3));
    BOOST_TEST(number_of(part, "in_transit") == 1);
    BOOST_TEST(stock(*second, "DEMO-A") == (account{there.on_hand + 3, 1, 0}));
    serve_again();
    BOOST_TEST(stock(*second, "DEMO-A") == (account{there.on_hand + 3, 1, 0}));
    const auto missing = move(*second, body("confirm", "DEMO-A", 0, {{"reason", "SHORT"}}));
    BOOST_TEST(number_of(missing, "difference") == -1);
    BOOST_TEST(stock(*second, "DEMO-A") == (account{there.on_hand + 3, 0, 0}));
    BOOST_TEST(number_of(first->get_json("/v1/totals?scope=nation"), "remaining") == nation - 1);
    no_drift();
}

// What was sent is an event of both clinics; their registrations stay their own.
BOOST_AUTO_TEST_CASE(a_transfer_shows_neither_clinic_the_others_registrations) {
    shot(*second, 1, "DEMO-A");
    const std::string own = last_shot;
    shot(*first, 2, "DEMO-A");
    move(*first, body("transfer", "DEMO-A", 1, {{"to", s.clinics()[1].code}}));
    const auto listed = second->get_json("/v1/registrations");
    const auto& rows = listed.at("registrations").as_array();
    BOOST_REQUIRE_MESSAGE(rows.size() == 1u, boost::json::serialize(listed));
    BOOST_TEST("/v1/registrations/" + text_of(rows[0].as_object(), "id") == own);
}

BOOST_AUTO_TEST_CASE(a_return_goes_to_a_health_centre_that_confirms_it) {
    is_refused(*first, body("return", "DEMO-A", 1, {{"to", s.clinics()[1].code}}), 422, "BAD_FIELD",
               "to");
    move(*first, body("return", "DEMO-A", 5, {{"to", centre_code}, {"reason", "EXPIRED"}}));
    clinic_desk there = centre();
    BOOST_TEST(stock(there, "DEMO-A") == (account{0, 5, 0}));
    move(there, body("confirm", "DEMO-A", 5));
    BOOST_TEST(stock(there, "DEMO-A") == (account{5, 0, 0}));
    no_drift();
}

BOOST_AUTO_TEST_CASE(no_more_is_wasted_or_sent_than_is_on_hand) {
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

BOOST_AUTO_TEST_CASE(waste_of_yesterday_is_entered_today) {
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

BOOST_AUTO_TEST_CASE(a_count_makes_the_book_what_is_there) {
    const account before = stock(*first, "DEMO-A");
    is_refused(*first, body("count", "DEMO-A", 40), 422, "BAD_FIELD", "reason");
    const auto told = move(*first, body("count", "DEMO-A", 40, {{"reason", "MISCOUNT"}}));
    BOOST_TEST(number_of(told, "difference") == 40 - before.on_hand);
    BOOST_TEST(stock(*first, "DEMO-A") == (account{40, 0, 0}));
    BOOST_TEST(number_of(move(*first, body("count", "DEMO-A", 40)), "difference") == 0);
    no_drift();
}

BOOST_AUTO_TEST_CASE(doses_of_a_lot_that_nobody_knows_are_assigned_to_the_right_one) {
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

BOOST_AUTO_TEST_CASE(what_a_movement_must_say) {
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

BOOST_AUTO_TEST_CASE(a_refusal_does_not_use_up_the_key_and_read_only_moves_nothing) {
    const std::string key = new_key();
    BOOST_TEST(send(*first, key, body("waste", "NEW-1", 5, {{"reason", "LOST"}})).status == 422u);
    operator_desk operators = s.operators();
    BOOST_TEST(operators.post("/admin/v1/mode", R"({"mode":"read-only"})").status == 200u);
    check_problem(send(*first, key, body("confirm", "NEW-1", 50)),
                  {503, "READ_ONLY", "", std::nullopt}, false);
    BOOST_TEST(operators.post("/admin/v1/mode", R"({"mode":"normal"})").status == 200u);
    BOOST_TEST(send(*first, key, body("confirm", "NEW-1", 50)).status == 201u);
}

BOOST_AUTO_TEST_CASE(the_page_says_what_is_to_be_confirmed_and_what_is_unexplained) {
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

// Two PCs of a clinic send the same, and two clinics do what they like at the same time.
BOOST_AUTO_TEST_CASE(twins_move_once_and_crossing_transfers_lose_nothing) {
    const auto nation = [&] {
        std::int64_t sum = 0;
        for (clinic_desk* desk : {first.get(), second.get()}) {
            const account a = stock(*desk, "DEMO-A");
            sum += a.on_hand + a.in_transit + a.suspense;
        }
        return sum;
    };
    const std::int64_t before = nation();
    clinic_desk twin = s.desk(0);
    unsigned sent_back = 0;
    std::thread other([&] {
        for (unsigned n = 0; n < 40; ++n) {
            const response r = send(*second, new_key(),
                                    body("transfer", "DEMO-A", 1, {{"to", s.clinics()[0].code}}));
            sent_back += r.status == 201 ? 1 : 0;
        }
    });
    for (unsigned n = 0; n < 40; ++n) {
        const std::string key = new_key();
        const std::string what = body("transfer", "DEMO-A", 1, {{"to", s.clinics()[1].code}});
        unsigned second_status = 0;
        std::thread same([&] { second_status = send(twin, key, what).status; });
        const unsigned first_status = send(*first, key, what).status;
        same.join();
        BOOST_TEST(first_status + second_status == 401u);  // 201 and 200
    }
    other.join();
    BOOST_TEST(sent_back == 40u);
    BOOST_TEST(nation() == before);
    BOOST_TEST(stock(*first, "DEMO-A").in_transit == 40);
    BOOST_TEST(stock(*second, "DEMO-A").in_transit == 40);
    no_drift();
    s.server().terminate();
    BOOST_TEST(doseline({"verify", s.dir().string()}).exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
