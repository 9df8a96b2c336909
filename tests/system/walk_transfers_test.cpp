// Doses that go from one clinic to another, through the real program.
#include "tests/system/stock_season.hpp"

#include <thread>

namespace doseline::test {

BOOST_FIXTURE_TEST_SUITE(walk_transfers, stock_season)

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
