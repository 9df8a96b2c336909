#include "loadtest/fleet.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(fleet_threads)

using namespace doseline::loadtest;

constexpr std::uint64_t limit = 20'000;
constexpr std::uint32_t files = 64;

BOOST_AUTO_TEST_CASE(as_many_as_asked_for_while_one_table_holds_all) {
    BOOST_TEST(threads_for(1, limit - files - 1, limit) == 1u);
    BOOST_TEST(threads_for(3, 100, limit) == 3u);
}

BOOST_AUTO_TEST_CASE(one_connection_more_takes_another_table) {
    BOOST_TEST(threads_for(1, limit - files, limit) == 2u);
    BOOST_TEST(threads_for(2, limit - files, limit) == 2u);
}

BOOST_AUTO_TEST_CASE(each_table_has_room_for_its_share) {
    const std::uint32_t threads = threads_for(1, 300'000, limit);
    BOOST_TEST(threads == 16u);
    BOOST_TEST(300'000 / threads + 1 + files + threads <= limit);
}

BOOST_AUTO_TEST_CASE(never_more_than_the_most) {
    BOOST_TEST(threads_for(1, 10'000'000, limit) == threads_max);
}

BOOST_AUTO_TEST_SUITE_END()
