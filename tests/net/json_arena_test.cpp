#include "net/json_arena.hpp"

#include <boost/json/array.hpp>
#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(json_arena)

using doseline::net::json_arena;

// More than the arena has of its own, for longer than a size can be doubled.
BOOST_AUTO_TEST_CASE(large_requests_leave_nothing_behind) {
    json_arena arena;
    for (int request = 0; request < 100; ++request) {
        arena.begin();
        boost::json::array rows(arena.memory());
        BOOST_REQUIRE_NO_THROW(rows.reserve(2'000));
    }
}

BOOST_AUTO_TEST_CASE(each_request_begins_with_all_of_the_arena) {
    json_arena arena;
    const void* first = nullptr;
    for (int request = 0; request < 3; ++request) {
        arena.begin();
        const void* at = arena.memory()->allocate(8'000, 8);
        first = first == nullptr ? at : first;
        BOOST_TEST(at == first);
    }
}

BOOST_AUTO_TEST_SUITE_END()
