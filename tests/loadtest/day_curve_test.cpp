#include "loadtest/day_curve.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

BOOST_AUTO_TEST_SUITE(day_curve)

using namespace doseline::loadtest;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_CASE(the_busiest_interval_has_the_rate_and_the_others_their_part_of_it) {
    const auto curve =
        parse_curve("from,to,share\n09:00,09:30,30\n09:30,10:30,30\n10:30,11:00,0\n");
    BOOST_REQUIRE(curve.size() == 3u);
    std::uint64_t sums[3] = {};
    for (std::uint32_t thread = 0; thread < 2; ++thread) {
        curve_plan plan(curve, 101, 180, 7, 2, thread);  // half an hour lasts 10 s
        BOOST_TEST((plan.length() == 40s));
        std::chrono::nanoseconds last{0};
        std::uint64_t counted[3] = {};
        for (; plan.next(); plan.advance()) {
            BOOST_TEST((*plan.next() >= last));
            last = *plan.next();
            ++counted[plan.part_at(last)];
        }
        for (std::size_t i = 0; i < 3; ++i) {
            BOOST_TEST(counted[i] == plan.parts()[i].arrivals);
            sums[i] += counted[i];
        }
        BOOST_TEST(plan.part_at(1h) == 2u);
    }
    BOOST_TEST(sums[0] == 1'010u);
    BOOST_TEST(sums[1] == 1'010u);
    BOOST_TEST(sums[2] == 0u);
}

BOOST_AUTO_TEST_CASE(a_curve_that_is_none_is_refused) {
    for (const char* text :
         {"", "from,to,share\n", "to,from,share\n09:00,10:00,1\n", "from,to,share\n09:00,09:00,1\n",
          "from,to,share\n09:00,10:00,-1\n", "from,to,share\n09:00,10:00,x\n",
          "from,to,share\n09:00,25:00,1\n", "from,to,share\n09:00,10:00,0\n",
          "from,to,share\n09:00,10:00,1\n10:30,11:00,1\n", "from,to,share\n09:00,10:00\n"}) {
        BOOST_TEST_CONTEXT(text) { BOOST_CHECK_THROW(parse_curve(text), std::runtime_error); }
    }
}

BOOST_AUTO_TEST_SUITE_END()
