#include "net/session.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <set>
#include <variant>
#include <vector>

using namespace doseline;
using net::waiting_room;

namespace {

core::outcome outcome_of(core::errc code) { return core::refusal{code, "", 0, std::nullopt}; }

struct room_and_heard {
    waiting_room room;
    std::vector<core::errc> heard;

    void attach(std::uint64_t ticket) {
        room.attach(ticket, [this](const core::outcome& told) {
            heard.push_back(std::get<core::refusal>(told).code);
        });
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(waiting_room_suite, room_and_heard)

BOOST_AUTO_TEST_CASE(who_waits_is_told_once) {
    const auto ticket = room.enter();
    BOOST_TEST(ticket != 0u);
    attach(ticket);
    BOOST_TEST(heard.empty());
    room.complete(ticket, outcome_of(core::errc::wait));
    BOOST_REQUIRE(heard.size() == 1u);
    BOOST_TEST((heard.front() == core::errc::wait));
    room.complete(ticket, outcome_of(core::errc::read_only));
    BOOST_TEST(heard.size() == 1u);
}

BOOST_AUTO_TEST_CASE(each_ticket_has_its_own_answer) {
    const auto first = room.enter();
    const auto second = room.enter();
    BOOST_TEST(first != second);
    attach(first);
    attach(second);
    room.complete(second, outcome_of(core::errc::read_only));
    room.complete(first, outcome_of(core::errc::wait));
    BOOST_REQUIRE(heard.size() == 2u);
    BOOST_TEST((heard[0] == core::errc::read_only && heard[1] == core::errc::wait));
}

// The answer of one who gave up must not reach the next who was given the same place.
BOOST_AUTO_TEST_CASE(a_late_answer_finds_nobody) {
    const auto gone = room.enter();
    room.leave(gone);
    const auto next = room.enter();
    BOOST_TEST(next != gone);
    attach(next);
    room.complete(gone, outcome_of(core::errc::wait));
    BOOST_TEST(heard.empty());
    room.complete(next, outcome_of(core::errc::read_only));
    BOOST_TEST(heard.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_answer_before_anyone_waits_is_dropped) {
    const auto ticket = room.enter();
    room.complete(ticket, outcome_of(core::errc::wait));
    attach(ticket);
    BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_CASE(tickets_that_were_never_given_find_nobody) {
    attach(room.enter());
    for (const std::uint64_t ticket : {std::uint64_t{0}, std::uint64_t{2}, std::uint64_t{1} << 32,
                                       (std::uint64_t{1} << 32) + 1, ~std::uint64_t{0}}) {
        room.complete(ticket, outcome_of(core::errc::wait));
        room.leave(ticket);
    }
    BOOST_TEST(heard.empty());
}

BOOST_AUTO_TEST_CASE(leaving_twice_frees_a_place_once) {
    const auto ticket = room.enter();
    room.leave(ticket);
    room.leave(ticket);
    BOOST_TEST(room.enter() != room.enter());
}

BOOST_AUTO_TEST_CASE(no_ticket_is_given_twice) {
    std::set<std::uint64_t> seen;
    for (int round = 0; round < 1'000; ++round) {
        const auto a = room.enter();
        const auto b = room.enter();
        BOOST_REQUIRE(seen.insert(a).second);
        BOOST_REQUIRE(seen.insert(b).second);
        room.leave(round % 2 == 0 ? a : b);
        room.leave(round % 2 == 0 ? b : a);
    }
}

// The one who is told goes on at once: it leaves, and asks again, from within the call.
BOOST_AUTO_TEST_CASE(who_is_told_may_leave_and_enter_again) {
    const auto ticket = room.enter();
    std::uint64_t again = 0;
    room.attach(ticket, [&](const core::outcome&) {
        room.leave(ticket);
        for (int n = 0; n < 100; ++n) {
            again = room.enter();  // the places may move to another address
        }
        attach(again);
    });
    room.complete(ticket, outcome_of(core::errc::wait));
    BOOST_TEST(heard.empty());
    room.complete(again, outcome_of(core::errc::wait));
    BOOST_TEST(heard.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
