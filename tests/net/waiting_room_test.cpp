#include "net/waiting_room.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>

BOOST_AUTO_TEST_SUITE(waiting_room_suite)

using namespace doseline;

namespace {

struct room_and_askers {
    net::waiting_room<int> room;
    int one = 1;
    int two = 2;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(who_waits_is_found_until_it_leaves, room_and_askers) {
    const auto ticket = room.enter(one);
    BOOST_TEST(ticket != 0u);
    BOOST_TEST(room.find(ticket) == &one);
    room.leave(ticket);
    BOOST_TEST(room.find(ticket) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(each_ticket_has_its_own_asker, room_and_askers) {
    const auto first = room.enter(one);
    const auto second = room.enter(two);
    BOOST_TEST(first != second);
    BOOST_TEST(room.find(second) == &two);
    BOOST_TEST(room.find(first) == &one);
}

BOOST_FIXTURE_TEST_CASE(the_rows_of_a_ticket_lead_to_its_asker, room_and_askers) {
    using waiting = net::waiting_room<int>;
    room.enter(one);
    const auto ticket = room.enter(two);
    BOOST_TEST(waiting::row_of(ticket) == 0u);
    for (const std::size_t row : {std::size_t{0}, std::size_t{1}, std::size_t{199}}) {
        BOOST_TEST(room.find(waiting::of_row(ticket, row)) == &two);
        BOOST_TEST(waiting::row_of(waiting::of_row(ticket, row)) == row);
    }
    room.leave(ticket);
    BOOST_TEST(room.find(waiting::of_row(ticket, 7)) == nullptr);
}

// The answer of one who gave up must not reach the next who was given the same place.
BOOST_FIXTURE_TEST_CASE(a_late_answer_finds_nobody, room_and_askers) {
    const auto gone = room.enter(one);
    room.leave(gone);
    const auto next = room.enter(two);
    BOOST_TEST(next != gone);
    BOOST_TEST(room.find(gone) == nullptr);
    BOOST_TEST(room.find(next) == &two);
}

BOOST_FIXTURE_TEST_CASE(tickets_that_were_never_given_find_nobody, room_and_askers) {
    const auto given = room.enter(one);
    for (const std::uint64_t ticket : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{1} << 32,
                                       (std::uint64_t{1} << 32) + 1, ~std::uint64_t{0}}) {
        BOOST_TEST(room.find(ticket) == nullptr);
        room.leave(ticket);
    }
    BOOST_TEST(room.find(given) == &one);
}

BOOST_FIXTURE_TEST_CASE(leaving_twice_frees_a_place_once, room_and_askers) {
    const auto ticket = room.enter(one);
    room.leave(ticket);
    room.leave(ticket);
    BOOST_TEST(room.enter(one) != room.enter(two));
}

BOOST_FIXTURE_TEST_CASE(no_ticket_is_given_twice, room_and_askers) {
    std::set<std::uint64_t> seen;
    for (int round = 0; round < 1'000; ++round) {
        const auto a = room.enter(one);
        const auto b = room.enter(two);
        BOOST_REQUIRE(seen.insert(a).second);
        BOOST_REQUIRE(seen.insert(b).second);
        room.leave(round % 2 == 0 ? a : b);
        room.leave(round % 2 == 0 ? b : a);
    }
}

BOOST_AUTO_TEST_SUITE_END()
