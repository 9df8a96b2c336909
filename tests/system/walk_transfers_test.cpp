// Doses that go from one clinic to another, through the real program.
#include "tests/system/stock_season.hpp"

#include <thread>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(walk_transfers)

namespace {

struct fixture : stock_season {
    static boost::json::array listed(clinic_desk& desk, const std::string& query = "") {
        const response r = desk.get("/v1/stock/movements" + query);
        BOOST_REQUIRE_MESSAGE(r.status == 200, r.head << r.body);
        return parsed(r).at("movements").as_array();
    }
    static boost::json::object newest(clinic_desk& desk) { return listed(desk).at(0).as_object(); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_transfer_needs_two_confirmations_and_what_is_missing_shows, fixture) {
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
BOOST_FIXTURE_TEST_CASE(a_transfer_shows_neither_clinic_the_others_registrations, fixture) {
    shot(*second, 1, "DEMO-A");
    const std::string own = last_shot;
    shot(*first, 2, "DEMO-A");
    move(*first, body("transfer", "DEMO-A", 1, {{"to", s.clinics()[1].code}}));
    const auto listed = second->get_json("/v1/registrations");
    const auto& rows = listed.at("registrations").as_array();
    BOOST_REQUIRE_MESSAGE(rows.size() == 1u, boost::json::serialize(listed));
    BOOST_TEST("/v1/registrations/" + text_of(rows[0].as_object(), "id") == own);
}

BOOST_FIXTURE_TEST_CASE(a_sender_sees_what_the_receiver_has_yet_to_confirm, fixture) {
    const response sent =
        send(*first, new_key(), body("transfer", "DEMO-A", 4, {{"to", s.clinics()[1].code}}),
             {{"Doseline-User", "nurse-7"}});
    BOOST_REQUIRE_MESSAGE(sent.status == 201, sent.head << sent.body);
    boost::json::object row = newest(*first);
    BOOST_TEST(number_of(row, "to_in_transit") == 4);
    BOOST_TEST(text_of(row, "user") == "nurse-7");
    const auto is_as_it_was_answered = [&] {
        row = newest(*first);
        row.erase("to_in_transit");
        row.erase("user");
        BOOST_TEST(row == parsed(sent));
    };
    is_as_it_was_answered();

    // The receiver is told whose they are, and nothing of what that one has left.
    row = newest(*second);
    BOOST_TEST(text_of(row, "type") == "transfer");
    BOOST_TEST(text_of(row, "from") == s.clinics()[0].code);
    BOOST_TEST(text_of(row, "lot") == "DEMO-A");
    BOOST_TEST(number_of(row, "quantity") == 4);
    for (const char* name : {"user", "on_hand", "remaining", "to", "to_in_transit"}) {
        BOOST_TEST(!row.contains(name), name);
    }
    move(*second, body("confirm", "DEMO-A", 3));
    BOOST_TEST(number_of(newest(*first), "to_in_transit") == 1);
    serve_again();
    BOOST_TEST(number_of(newest(*first), "to_in_transit") == 1);
    move(*second, body("confirm", "DEMO-A", 0, {{"reason", "SHORT"}}));
    BOOST_TEST(number_of(newest(*first), "to_in_transit") == 0);
    is_as_it_was_answered();
    BOOST_TEST(text_of(newest(*second), "reason") == "SHORT");
}

BOOST_FIXTURE_TEST_CASE(movements_are_listed_newest_first_a_page_at_a_time, fixture) {
    shot(*first, 1, "DEMO-A");
    const auto begun = listed(*first);
    BOOST_TEST(text_of(begun.at(0).as_object(), "type") == "shipment");
    BOOST_TEST(text_of(begun.at(0).as_object(), "lot") == "NEW-1");
    BOOST_TEST(number_of(begun.at(0).as_object(), "quantity") == 50);
    BOOST_TEST(text_of(begun.at(1).as_object(), "type") == "confirm");  // of the demo season
    std::vector<std::int64_t> entered;
    for (unsigned n = 0; n < 50; ++n) {
        entered.push_back(number_of(move(*first, body("confirm", "NEW-1", 1)), "seq"));
    }
    const boost::json::object page = first->get_json("/v1/stock/movements");
    BOOST_TEST(text_of(page, "clinic") == s.clinics()[0].code);
    BOOST_TEST(number_of(page, "seq") == entered.back());
    const auto& rows = page.at("movements").as_array();
    BOOST_REQUIRE(rows.size() == 50u);
    for (unsigned n = 0; n < 50; ++n) {
        BOOST_TEST(number_of(rows[n].as_object(), "seq") == entered[49 - n]);
    }
    BOOST_TEST(listed(*first, "?cursor=" + text_of(page, "next")) == begun);
}

BOOST_FIXTURE_TEST_CASE(movements_of_a_day_are_those_that_occurred_on_it, fixture) {
    const auto yesterday = std::chrono::system_clock::now() - std::chrono::hours(24);
    move(*first,
         body("waste", "DEMO-A", 1, {{"reason", "LOST"}, {"occurred_at", korean_time(yesterday)}}));
    const auto rows = listed(*first, "?date=" + korean_day(yesterday));
    BOOST_REQUIRE(rows.size() == 1u);
    BOOST_TEST(text_of(rows[0].as_object(), "type") == "waste");
    BOOST_TEST(listed(*first, "?date=2015-01-01").empty());
}

BOOST_FIXTURE_TEST_CASE(who_may_see_a_clinics_movements, fixture) {
    const std::string of_the_first = "?clinic=" + s.clinics()[0].code;
    BOOST_TEST(listed(*first, of_the_first) == listed(*first));
    BOOST_TEST(second->get("/v1/stock/movements" + of_the_first).status == 404u);
    BOOST_TEST(first->get("/v1/stock/movements?date=today").status == 422u);
    BOOST_TEST(first->get("/v1/stock/movements?cursor=1").status == 422u);
    BOOST_TEST(first->get("/v1/stock/movements?page=2").status == 422u);
    https_client anyone(s.ca(), s.server().clinic_port());
    BOOST_TEST(anyone.request("GET", "/v1/stock/movements").status == 401u);
    operator_desk operators = s.operators();
    BOOST_TEST(operators.post("/admin/v1/mode", R"({"mode":"read-only"})").status == 200u);
    BOOST_TEST(!listed(*first).empty());
}

BOOST_FIXTURE_TEST_CASE(a_return_goes_to_a_health_centre_that_confirms_it, fixture) {
    is_refused(*first, body("return", "DEMO-A", 1, {{"to", s.clinics()[1].code}}), 422, "BAD_FIELD",
               "to");
    move(*first, body("return", "DEMO-A", 5, {{"to", centre_code}, {"reason", "EXPIRED"}}));
    clinic_desk there = centre();
    BOOST_TEST(stock(there, "DEMO-A") == (account{0, 5, 0}));
    move(there, body("confirm", "DEMO-A", 5));
    BOOST_TEST(stock(there, "DEMO-A") == (account{5, 0, 0}));
    no_drift();
}

// Two PCs of a clinic send the same, and two clinics do what they like at the same time.
BOOST_FIXTURE_TEST_CASE(twins_move_once_and_crossing_transfers_lose_nothing, fixture) {
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
