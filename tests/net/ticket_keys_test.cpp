#include "net/ticket_keys.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(ticket_keys)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

struct fixture {
    const net::ticket_keys::time_point start{100h};
    net::ticket_keys keys{start};

    auto name_at(std::chrono::seconds after) { return keys.at(start + after)->current.name; }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_key_seals_for_an_hour_and_opens_for_another, fixture) {
    const auto first = name_at(0s);
    BOOST_TEST((name_at(1h - 1s) == first));
    BOOST_TEST(!keys.at(start + 1h - 1s)->previous.has_value());
    const auto second = keys.at(start + 1h);
    BOOST_TEST((second->current.name != first));
    BOOST_REQUIRE(second->previous.has_value());
    BOOST_TEST((second->previous->name == first));
    const auto third = keys.at(start + 2h);
    BOOST_TEST((third->previous->name == second->current.name));
}

BOOST_FIXTURE_TEST_CASE(after_two_idle_hours_nothing_old_opens, fixture) {
    const auto first = name_at(0s);
    const auto later = keys.at(start + 2h);
    BOOST_TEST((later->current.name != first));
    BOOST_TEST(!later->previous.has_value());
}

BOOST_FIXTURE_TEST_CASE(each_key_is_random_in_every_part, fixture) {
    const net::ticket_keys::key a;
    const net::ticket_keys::key b;
    BOOST_TEST((a.name != b.name));
    BOOST_TEST((a.cipher != b.cipher));
    BOOST_TEST((a.mac != b.mac));
}

BOOST_FIXTURE_TEST_CASE(a_thread_whose_clock_is_behind_turns_nothing_back, fixture) {
    const auto second = name_at(1h);
    BOOST_TEST((name_at(0s) == second));
}

BOOST_FIXTURE_TEST_CASE(threads_that_find_an_old_key_at_once_agree_on_the_next, fixture) {
    for (std::chrono::hours hour = 1h; hour < 100h; ++hour) {
        std::vector<std::array<std::byte, 16>> found(4);
        std::vector<std::thread> threads;
        for (auto& mine : found) {
            threads.emplace_back([&, hour] { mine = name_at(hour); });
        }
        for (std::thread& t : threads) {
            t.join();
        }
        for (const auto& each : found) {
            BOOST_REQUIRE((each == found.front()));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
