// A request that asks the committer for several things, and is answered once.
#include "tests/net/loopback_reactor.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(session_rows)

using namespace doseline;
using namespace std::chrono_literals;
using test::https_client;
using test::loopback_reactor;

namespace {

// POST /rows: a row is asked of the committer for each '?', and any other letter has its answer.
struct asking {
    https_client line;
    test::response answered;
    std::thread client;

    asking(loopback_reactor& r, std::string rows) : line(r.connect()) {
        client = std::thread([this, rows] { answered = line.request("POST", "/rows", {}, rows); });
    }
    ~asking() {
        if (client.joinable()) {
            client.join();
        }
    }
    const test::response& wait() {
        client.join();
        return answered;
    }
};

std::vector<std::uint64_t> take(loopback_reactor& r, std::size_t commands) {
    std::vector<std::uint64_t> tickets;
    for (std::size_t n = 0; n < commands; ++n) {
        storage::submission next;
        BOOST_REQUIRE(r.take(next));
        tickets.push_back(next.ticket);
    }
    return tickets;
}

const std::string done = R"({"status":200,"registration":committed})";
const std::string known = R"({"status":422,"problem":known})";
const std::string late = R"({"status":503,"problem":late})";

std::string together(const std::vector<std::string>& rows) {
    std::string all = R"({"results":[)";
    for (const std::string& row : rows) {
        all += (all.back() == '[' ? "" : ",") + row;
    }
    return all + "]}";
}

}  // namespace

BOOST_AUTO_TEST_CASE(answers_in_any_order_stand_in_the_order_of_the_rows) {
    loopback_reactor r{{}};
    asking a(r, "?.??");
    auto tickets = take(r, 3);
    std::reverse(tickets.begin(), tickets.end());
    for (const std::uint64_t ticket : tickets) {
        r.answer(ticket);
    }
    BOOST_TEST(a.wait().body == together({done, known, done, done}));
}

BOOST_AUTO_TEST_CASE(rows_that_ask_nothing_are_answered_at_once) {
    loopback_reactor r{{}};
    BOOST_TEST(asking(r, "..").wait().body == together({known, known}));
    BOOST_TEST(asking(r, "").wait().body == together({}));
}

BOOST_AUTO_TEST_CASE(the_deadline_answers_for_those_that_are_missing) {
    net::session_limits limits;
    limits.request = 200ms;
    loopback_reactor r{limits};
    asking a(r, "???");
    const auto tickets = take(r, 3);
    r.answer(tickets[1]);
    BOOST_TEST(a.wait().body == together({late, done, late}));
    r.answer(tickets[0]);  // nobody waits for it any more
    r.answer(tickets[2]);
    BOOST_TEST(r.connect().request("GET", "/", {}, "").status == 200u);
}

BOOST_AUTO_TEST_CASE(all_of_the_rows_or_none_are_under_way) {
    loopback_reactor r({}, 4);
    asking four(r, "????");
    const auto tickets = take(r, 4);
    BOOST_TEST(asking(r, "?").wait().status == 503u);
    for (const std::uint64_t ticket : tickets) {
        r.answer(ticket);
    }
    BOOST_TEST(four.wait().body == together({done, done, done, done}));
    BOOST_TEST(asking(r, "?????").wait().status == 503u);
    BOOST_TEST(r.refused(net::refusal_reason::inbox_full) == 2u);
}

BOOST_AUTO_TEST_CASE(the_most_rows_that_are_let_in_each_find_their_place) {
    loopback_reactor r({}, 256);
    asking a(r, std::string(core::limits::batch_rows_max, '?'));
    for (const std::uint64_t ticket : take(r, core::limits::batch_rows_max)) {
        r.answer(ticket);
    }
    BOOST_TEST(a.wait().body ==
               together(std::vector<std::string>(core::limits::batch_rows_max, done)));
}

BOOST_AUTO_TEST_SUITE_END()
