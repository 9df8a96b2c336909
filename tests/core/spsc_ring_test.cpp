#include "core/spsc_ring.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>

BOOST_AUTO_TEST_SUITE(spsc_ring_test)

using namespace doseline::core;

namespace {

// Everything that one thread pushes, popped by another: the first value out of order, if any.
std::optional<std::uint64_t> first_out_of_order(std::size_t capacity, std::uint64_t many) {
    spsc_ring<std::unique_ptr<std::uint64_t>> ring(capacity);
    std::thread producer([&] {
        for (std::uint64_t n = 0; n < many; ++n) {
            auto value = std::make_unique<std::uint64_t>(n);
            while (!ring.push(std::move(value))) {
                std::this_thread::yield();
            }
        }
    });
    std::optional<std::uint64_t> wrong;
    std::unique_ptr<std::uint64_t> value;
    for (std::uint64_t n = 0; n < many; ++n) {
        while (!ring.pop(value)) {
            std::this_thread::yield();
        }
        if (!wrong && (value == nullptr || *value != n)) {
            wrong = n;
        }
    }
    producer.join();
    BOOST_TEST(ring.empty());
    BOOST_TEST(!ring.pop(value));
    return wrong;
}

}  // namespace

BOOST_AUTO_TEST_CASE(it_holds_its_capacity_and_not_one_more) {
    for (const std::size_t capacity : {1u, 2u, 8u, 4'096u}) {
        spsc_ring<int> ring(capacity);
        BOOST_TEST(ring.capacity() == capacity);
        BOOST_TEST(ring.empty());
        for (std::size_t i = 0; i < capacity; ++i) {
            BOOST_REQUIRE(ring.push(static_cast<int>(i)));
        }
        BOOST_TEST(!ring.push(-1));
        BOOST_TEST(!ring.empty());
        int value = 0;
        BOOST_TEST(ring.pop(value));
        BOOST_TEST(value == 0);
        BOOST_TEST(ring.push(7));
        BOOST_TEST(!ring.push(-1));
    }
}

BOOST_AUTO_TEST_CASE(a_value_that_finds_no_room_stays_with_its_owner) {
    spsc_ring<std::unique_ptr<int>> ring(1);
    BOOST_TEST(ring.push(std::make_unique<int>(1)));
    auto value = std::make_unique<int>(2);
    BOOST_TEST(!ring.push(std::move(value)));
    BOOST_REQUIRE(value != nullptr);
    BOOST_TEST(*value == 2);
    std::unique_ptr<int> popped;
    BOOST_TEST(ring.pop(popped));
    popped = std::make_unique<int>(9);
    BOOST_TEST(!ring.pop(popped));
    BOOST_REQUIRE(popped != nullptr);
    BOOST_TEST(*popped == 9);
}

BOOST_AUTO_TEST_CASE(it_is_a_bounded_queue) {
    const bool holds = rc::check("any pushes and pops are those of a deque", [] {
        const auto capacity = std::size_t{1} << *rc::gen::inRange(0, 5);
        spsc_ring<int> ring(capacity);
        std::deque<int> queue;
        int next = 0;
        for (const bool push : *rc::gen::scale(5.0, rc::gen::arbitrary<std::vector<bool>>())) {
            if (push) {
                RC_ASSERT(ring.push(int{next}) == (queue.size() < capacity));
                if (queue.size() < capacity) {
                    queue.push_back(next);
                }
                ++next;
            } else {
                int value = -1;
                RC_ASSERT(ring.pop(value) == !queue.empty());
                RC_ASSERT(value == (queue.empty() ? -1 : queue.front()));
                if (!queue.empty()) {
                    queue.pop_front();
                }
            }
            RC_ASSERT(ring.empty() == queue.empty());
        }
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_CASE(what_one_thread_pushes_another_pops_in_order_and_complete) {
    BOOST_CHECK(first_out_of_order(1, 20'000) == std::nullopt);
    BOOST_CHECK(first_out_of_order(4, 100'000) == std::nullopt);
    BOOST_CHECK(first_out_of_order(1'024, 400'000) == std::nullopt);
}

BOOST_AUTO_TEST_SUITE_END()
