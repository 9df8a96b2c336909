#include "net/connection_budget.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(connection_budget)

using namespace doseline;

BOOST_AUTO_TEST_CASE(the_last_place_is_given_and_no_other) {
    net::connection_budget budget(2);
    BOOST_TEST(budget.take());
    BOOST_TEST(budget.take());
    BOOST_TEST(!budget.take());
    BOOST_TEST(budget.taken() == 2u);
    budget.give();
    BOOST_TEST(budget.take());
    BOOST_TEST(!budget.take());
}

BOOST_AUTO_TEST_CASE(threads_together_take_no_more_than_there_is) {
    constexpr std::size_t places = 100;
    net::connection_budget budget(places);
    std::atomic<std::size_t> inside{0};
    std::atomic<bool> overfull{false};
    {
        std::vector<std::jthread> reactors;
        for (int n = 0; n < 4; ++n) {
            reactors.emplace_back([&] {
                std::size_t mine = 0;
                for (int turn = 0; turn < 20'000; ++turn) {
                    if (budget.take()) {
                        overfull = overfull || ++inside > places;
                        ++mine;
                    } else if (mine != 0) {
                        --inside;
                        --mine;
                        budget.give();
                    }
                }
                for (; mine != 0; --mine) {
                    --inside;
                    budget.give();
                }
            });
        }
    }
    BOOST_TEST(!overfull);
    BOOST_TEST(budget.taken() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
