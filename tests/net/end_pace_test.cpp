#include "net/end_pace.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(end_pace)

using namespace doseline;
using namespace std::chrono_literals;
using time_point = net::end_pace::time_point;

BOOST_AUTO_TEST_CASE(who_comes_alone_need_not_wait) {
    net::end_pace pace;
    const time_point now{1h};
    BOOST_TEST((pace.next(now) == now));
    BOOST_TEST((pace.next(now + 5s) == now + 5s));
    BOOST_TEST((pace.next(now + 5s + net::end_pace::slot) == now + 5s + net::end_pace::slot));
}

BOOST_AUTO_TEST_CASE(who_comes_together_gets_slots_one_behind_the_other) {
    net::end_pace pace;
    const time_point now{1h};
    for (int n = 0; n < 100; ++n) {
        BOOST_TEST((pace.next(now) == now + n * net::end_pace::slot));
    }
    BOOST_TEST((pace.next(now + 50ms) == now + 100 * net::end_pace::slot));
}

BOOST_AUTO_TEST_CASE(threads_never_get_the_same_slot) {
    net::end_pace pace;
    const time_point now{1h};
    constexpr std::size_t each = 5'000;
    std::array<std::vector<time_point>, 4> got;
    std::vector<std::thread> threads;
    for (auto& mine : got) {
        threads.emplace_back([&pace, &mine, now] {
            for (std::size_t n = 0; n < each; ++n) {
                mine.push_back(pace.next(now));
            }
        });
    }
    std::vector<time_point> all;
    for (std::size_t n = 0; n < threads.size(); ++n) {
        threads[n].join();
        all.insert(all.end(), got[n].begin(), got[n].end());
    }
    std::sort(all.begin(), all.end());
    for (std::size_t n = 0; n < all.size(); ++n) {
        BOOST_TEST_REQUIRE((all[n] == now + n * net::end_pace::slot));
    }
}

BOOST_AUTO_TEST_SUITE_END()
