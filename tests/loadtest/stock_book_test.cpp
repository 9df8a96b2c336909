#include "loadtest/stock_book.hpp"

#include "loadtest/stock_movement.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(stock_book)

using doseline::loadtest::book_account;
using doseline::loadtest::choose_movement;
using doseline::loadtest::random_source;
using doseline::loadtest::stock_movement;
using kind = stock_movement::kind;
using book = doseline::loadtest::stock_book;

namespace {

std::string row(const std::string& lot, const std::string& expires, int on_hand, int in_transit,
                int suspense) {
    return R"({"lot":")" + lot + R"(","expires":)" + expires + R"(,"on_hand":)" +
           std::to_string(on_hand) + R"(,"in_transit":)" + std::to_string(in_transit) +
           R"(,"suspense":)" + std::to_string(suspense) + "}";
}

std::string stock(const std::string& rows) { return R"({"seq":1,"accounts":[)" + rows + "]}"; }

// Told in another order than the doses are taken in.
book two_lots(int first, int second) {
    book b;
    BOOST_REQUIRE(b.begin(stock(row("B", "\"2999-02-01\"", second, 0, 0) + "," +
                                row("A", "\"2999-01-01\"", first, 0, 0))));
    return b;
}

}  // namespace

BOOST_AUTO_TEST_CASE(shots_take_what_expires_first_and_then_go_below_zero) {
    book b = two_lots(1, 1);
    BOOST_TEST(b.take());
    BOOST_TEST(b.find("A")->on_hand == 0);
    BOOST_TEST(b.take());
    BOOST_TEST(b.remaining() == 0);
    BOOST_TEST(!b.take());
    BOOST_TEST(!b.take());
    BOOST_TEST(b.remaining() == -2);
    BOOST_TEST(b.find("")->suspense == -2);
    BOOST_TEST(b.first_lot()->lot == "A");
}

BOOST_AUTO_TEST_CASE(what_is_sent_arrives_and_is_confirmed_once) {
    book from = two_lots(10, 0);
    book to;
    BOOST_REQUIRE(to.begin(stock(row("B", "\"2999-02-01\"", 2, 0, 0))));
    from.send("A", 4);
    to.arrive(*from.find("A"), 4);
    BOOST_TEST(from.remaining() == 6);
    BOOST_TEST(to.remaining() == 2);  // on its way is not there
    to.confirm("A", 5, 1);            // one more than was sent
    BOOST_TEST(to.find("A")->in_transit == 0);
    BOOST_TEST(to.remaining() == 7);
    BOOST_TEST(to.take());
    BOOST_TEST(to.find("A")->on_hand == 4);  // it expires first
}

BOOST_AUTO_TEST_CASE(assigned_shots_leave_what_is_left_as_it_is) {
    book b = two_lots(0, 0);
    b.take();
    b.take();
    b.confirm("A", 5, 5);
    BOOST_TEST(b.remaining() == 3);
    b.assign(2, "A");
    BOOST_TEST(b.remaining() == 3);
    BOOST_TEST(b.find("")->suspense == 0);
    b.count("A", 7);
    BOOST_TEST(b.remaining() == 7);
}

BOOST_AUTO_TEST_CASE(an_answer_agrees_when_every_figure_does) {
    book b = two_lots(3, 0);
    b.take();
    const auto told = [](int on_hand, int in_transit, int suspense) {
        return stock(row("A", "\"2999-01-01\"", on_hand, in_transit, suspense));
    };
    BOOST_TEST(b.agrees(told(2, 0, 0), true));
    BOOST_TEST(!b.agrees(told(3, 0, 0), true));
    BOOST_TEST(!b.agrees(told(2, 0, -1), true));
    BOOST_TEST(!b.agrees(told(2, 1, 0), true));
    BOOST_TEST(b.agrees(told(2, 1, 0), false));
    BOOST_TEST(!b.agrees(stock(""), true));
    BOOST_TEST(!b.agrees(
        stock(row("A", "\"2999-01-01\"", 2, 0, 0) + "," + row("C", "null", 0, 0, -1)), true));
}

BOOST_AUTO_TEST_CASE(what_is_not_in_the_contracts_form_agrees_with_nothing) {
    for (const char* body :
         {"", "{}", R"({"accounts":{}})", R"({"accounts":[1]})", R"({"accounts":[{"lot":"A"}]})",
          R"({"accounts":[{"lot":1,"on_hand":1,"in_transit":0,"suspense":0}]})",
          R"({"accounts":[{"lot":"A","on_hand":1.5,"in_transit":0,"suspense":0}]})"}) {
        BOOST_TEST_CONTEXT(body) {
            book b;
            BOOST_TEST(!b.begin(body));
            BOOST_TEST(!b.agrees(body, true));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_clinic_does_first_what_its_stock_asks_for) {
    random_source random(1);
    book b = two_lots(8, 0);
    stock_movement m = choose_movement(b, 3, true, random);
    BOOST_TEST((m.what == kind::confirm));
    BOOST_TEST(m.quantity == 3);
    m = choose_movement(b, 0, true, random);
    BOOST_TEST((m.what == kind::transfer));
    BOOST_TEST(m.quantity == 4);
    b = two_lots(0, 0);
    b.take();
    b.take();
    b.confirm("A", 1, 1);
    m = choose_movement(b, 0, true, random);
    BOOST_TEST((m.what == kind::assign));
    BOOST_TEST(m.quantity == 1);
}

// Whatever is chosen, the server must be able to do.
BOOST_AUTO_TEST_CASE(no_movement_takes_more_than_there_is) {
    random_source random(7);
    unsigned deliveries = 0;
    unsigned counts = 0;
    for (int n = 0; n < 500; ++n) {
        book b = two_lots(n % 7, n % 3);
        for (int shots = 0; shots < n % 11; ++shots) {
            b.take();
        }
        const stock_movement m = choose_movement(b, 0, n % 2 == 0, random);
        BOOST_TEST(m.quantity >= (m.what == kind::count ? 0 : 1));
        deliveries += m.what == kind::confirm ? 1 : 0;
        counts += m.what == kind::count ? 1 : 0;
        const auto on_hand = b.find("A")->on_hand;
        if (m.what == kind::count) {
            BOOST_TEST((m.quantity != on_hand) == !m.reason.empty());
        }
        apply(m, m.what == kind::confirm ? m.quantity : 0, b);
        BOOST_TEST(b.find("A")->on_hand >= 0);
    }
    BOOST_TEST(deliveries > 0u);
    BOOST_TEST(counts > 0u);
}

BOOST_AUTO_TEST_CASE(a_movement_is_written_as_the_contract_has_it) {
    const auto written = [](const stock_movement& m) {
        return boost::json::parse(body_of(m, "90000002"));
    };
    using boost::json::parse;
    BOOST_TEST((written({kind::transfer, "A", 4}) ==
                parse(R"({"type":"transfer","lot":"A","quantity":4,"to":"90000002"})")));
    BOOST_TEST((written({kind::assign, "A", 2}) ==
                parse(R"({"type":"assign","lot":"","to_lot":"A","quantity":2})")));
    BOOST_TEST((written({kind::count, "A", 0, "MISCOUNT"}) ==
                parse(R"({"type":"count","lot":"A","quantity":0,"reason":"MISCOUNT"})")));
}

BOOST_AUTO_TEST_SUITE_END()
