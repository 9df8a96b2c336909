#include "net/turn_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <vector>

BOOST_AUTO_TEST_SUITE(turn_queue)

using namespace doseline;

namespace {

struct queue_of_three {
    std::array<int, 3> connections{};
    net::turn_queue<int> queue;
    std::vector<net::turn_queue<int>::place> places;

    queue_of_three() {
        for (int& c : connections) {
            places.push_back(queue.enter(c));
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(who_came_first_goes_first, queue_of_three) {
    for (int& c : connections) {
        BOOST_TEST(queue.next() == &c);
    }
    BOOST_TEST(queue.next() == nullptr);
    BOOST_TEST(queue.empty());
}

BOOST_FIXTURE_TEST_CASE(who_goes_away_before_its_turn_gets_none, queue_of_three) {
    queue.leave(places[1]);
    BOOST_TEST(queue.next() == &connections[0]);
    BOOST_TEST(queue.next() == &connections[2]);
    BOOST_TEST(queue.empty());
}

BOOST_FIXTURE_TEST_CASE(places_hold_when_others_have_gone_before, queue_of_three) {
    queue.next();
    const auto again = queue.enter(connections[0]);
    queue.leave(places[2]);
    queue.leave(again);
    BOOST_TEST(queue.next() == &connections[1]);
    BOOST_TEST(queue.next() == nullptr);
}

BOOST_FIXTURE_TEST_CASE(the_first_is_seen_and_stays_in, queue_of_three) {
    BOOST_TEST(queue.first() == &connections[0]);
    BOOST_TEST(queue.first() == &connections[0]);
    BOOST_TEST(queue.size() == 3u);
    queue.leave(places[0]);
    queue.leave(places[1]);
    BOOST_TEST(queue.first() == &connections[2]);
    queue.leave(places[2]);
    BOOST_TEST(queue.first() == nullptr);
    BOOST_TEST(queue.enter(connections[1]) == places[2] + 1);
    BOOST_TEST(queue.first() == &connections[1]);
}

BOOST_FIXTURE_TEST_CASE(those_who_wait_are_counted, queue_of_three) {
    BOOST_TEST(queue.size() == 3u);
    queue.leave(places[1]);
    BOOST_TEST(queue.size() == 2u);
    queue.next();
    BOOST_TEST(!queue.empty());
    queue.next();
    BOOST_TEST(queue.size() == 0u);
    queue.next();
    BOOST_TEST(queue.empty());
}

BOOST_AUTO_TEST_SUITE_END()
