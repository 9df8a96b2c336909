#include "core/stable_vector.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(stable_vector_test)

using namespace doseline::core;

BOOST_AUTO_TEST_CASE(elements_never_move) {
    stable_vector<std::string, 8, 100> v;
    std::vector<const std::string*> places;
    for (int i = 0; i < 500; ++i) {
        places.push_back(&v.push_back([i](std::string& s) { s = std::to_string(i); }));
    }
    BOOST_TEST(v.size() == 500u);
    for (std::size_t i = 0; i < 500; ++i) {
        BOOST_REQUIRE(&std::as_const(v)[i] == places[i]);
        BOOST_REQUIRE(v[i] == std::to_string(i));
    }
}

BOOST_AUTO_TEST_CASE(it_holds_as_many_as_it_says) {
    stable_vector<int, 4, 3> v;
    BOOST_TEST(v.size() == 0u);
    BOOST_TEST((stable_vector<int, 4, 3>::size_max) == 12u);
    for (int i = 0; i < 12; ++i) {
        BOOST_TEST(v.push_back() == 0);  // made fresh
        v[static_cast<std::size_t>(i)] = i;
    }
    BOOST_TEST(v.size() == 12u);
    BOOST_TEST(v[0] == 0);
    BOOST_TEST(v[11] == 11);
}

BOOST_AUTO_TEST_CASE(an_element_below_the_size_seen_is_complete) {
    constexpr std::size_t many = 200'000;
    struct element {
        std::uint64_t n = 0;
        std::string text;
    };
    stable_vector<element, 256, many / 256 + 1> v;
    std::atomic<unsigned> wrong{0};
    std::thread reader([&] {
        for (std::size_t seen = 0; seen < many;) {
            const std::size_t size = v.size();
            for (; seen < size; ++seen) {
                const element& e = std::as_const(v)[seen];
                wrong += e.n != seen || e.text.size() != 16 + seen % 16 ? 1u : 0u;
            }
        }
    });
    for (std::size_t i = 0; i < many; ++i) {
        v.push_back([i](element& e) { e = {i, std::string(16 + i % 16, 'x')}; });
    }
    reader.join();
    BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
