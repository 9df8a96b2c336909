#include "loadtest/desk_connections.hpp"

#include "tests/loadtest/tiny_server.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(desk_connections)

using namespace doseline::loadtest;
using namespace std::chrono_literals;
using doseline::test::http_answer;
using doseline::test::tiny_server;
using doors = class desk_connections;

namespace {

const std::vector<clinic> nobody;

request ask() { return request_writer("h", nobody).get("/", ""); }

// Connects its desks, and then does what a test says until that says that it is enough.
class desks_at_work : public actor, public load_counts {
public:
    desks_at_work(client_loop& loop, std::uint32_t desks) : connections(loop, *this) {
        connections.add_desks(desks);
    }

    std::optional<time_point> act(time_point now) override {
        if (!begun_) {
            if (!connections.connect_all(now)) {
                return now + answer_timeout;
            }
            begun_ = true;
            begin();
        }
        while (const auto desk = connections.end_pause(now)) {
            woken(*desk);
        }
        return over ? std::nullopt : std::optional(connections.next_end().value_or(now + 10s));
    }
    void opened(connection_id id) override {
        const std::uint32_t desk = connections.opened(id);
        if (begun_) {
            opened_again(desk);
        }
    }
    void answered(connection_id id, const request&, const response& answer) override {
        was_answered(connections.answered(id, answer));
    }
    void lost(connection_id id, failure why, const request*) override {
        was_lost(connections.lost(id, why));
    }

    doors connections;
    bool over = false;
    std::function<void()> begin = [] {};
    std::function<void(std::uint32_t)> woken = [](std::uint32_t) {};
    std::function<void(std::uint32_t)> opened_again = [](std::uint32_t) {};
    std::function<void(std::uint32_t)> was_answered = [](std::uint32_t) {};
    std::function<void(std::uint32_t)> was_lost = [](std::uint32_t) {};

private:
    bool begun_ = false;
};

struct fixture {
    fixture() : target(resolve_endpoint(server.address())), tls(server.authority(), target) {}

    tiny_server server{[](std::string_view) { return http_answer("200 OK", "{}"); }};
    endpoint target;
    tls_client tls;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(each_desk_has_a_connection_and_one_request_at_a_time, fixture) {
    client_loop loop(target, tls);
    desks_at_work desks(loop, 40);  // more than open at a time
    std::uint32_t answers = 0;
    desks.begin = [&] {
        for (std::uint32_t d = 0; d < 40; ++d) {
            BOOST_TEST(desks.connections.can_send(d));
            desks.connections.send(d, ask());
            BOOST_TEST(!desks.connections.can_send(d));
        }
    };
    desks.was_answered = [&](std::uint32_t desk) {
        BOOST_TEST(desks.connections.can_send(desk));
        desks.over = ++answers == 40;
    };
    loop.run(desks);
    BOOST_TEST(desks.connected.get() == 40u);
    BOOST_TEST((desks.connecting_time > 0ns));
}

BOOST_FIXTURE_TEST_CASE(who_is_told_to_wait_sends_nothing_until_then, fixture) {
    client_loop loop(target, tls);
    desks_at_work desks(loop, 2);
    std::vector<std::uint32_t> order;
    desks.begin = [&] {
        const time_point now = steady_clock::now();
        desks.connections.pause(0, now + 60ms);
        desks.connections.pause(1, now + 30ms);
        BOOST_TEST(!desks.connections.can_send(0));
        BOOST_TEST(!desks.connections.end_pause(now).has_value());
    };
    desks.woken = [&](std::uint32_t desk) {
        BOOST_TEST(desks.connections.can_send(desk));
        order.push_back(desk);
        desks.over = order.size() == 2;
    };
    loop.run(desks);
    BOOST_TEST(order == (std::vector<std::uint32_t>{1, 0}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(who_lost_its_connection_gets_another_when_it_needs_one, fixture) {
    client_loop loop(target, tls);
    desks_at_work desks(loop, 1);
    desks.begin = [&] { desks.connections.drop(0); };
    desks.was_lost = [&](std::uint32_t desk) {
        BOOST_TEST(!desks.connections.gives_up(desk));
        BOOST_TEST(!desks.connections.can_send(desk));  // it opens
    };
    desks.opened_again = [&](std::uint32_t desk) {
        BOOST_TEST(desks.connections.can_send(desk));
        desks.over = true;
    };
    loop.run(desks);
    BOOST_TEST(desks.connected.get() == 1u);
    BOOST_TEST(desks.lost_open[static_cast<std::size_t>(failure::dropped)].get() == 1u);
}

BOOST_AUTO_TEST_CASE(a_door_that_stays_closed_five_times_is_given_up_and_then_tried_once_more) {
    std::optional<tiny_server> gone;
    gone.emplace([](std::string_view) { return std::string(); });
    const endpoint target = resolve_endpoint(gone->address());
    const tls_client tls(gone->authority(), target);
    gone.reset();
    client_loop loop(target, tls);
    desks_at_work desks(loop, 1);
    unsigned tries = 0;
    std::vector<unsigned> given_up_after;
    desks.was_lost = [&](std::uint32_t desk) {
        ++tries;
        if (desks.connections.gives_up(desk)) {
            given_up_after.push_back(tries);
        }
        desks.over = given_up_after.size() == 2;
        if (!desks.over) {
            BOOST_TEST(!desks.connections.can_send(desk));
        }
    };
    loop.run(desks);
    BOOST_TEST(given_up_after == (std::vector<unsigned>{5, 6}), boost::test_tools::per_element());
    BOOST_TEST(desks.not_opened[static_cast<std::size_t>(failure::connect)].get() == 6u);
    BOOST_TEST(desks.connected.get() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
