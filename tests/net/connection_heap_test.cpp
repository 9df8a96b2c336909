#include "net/connection_heap.hpp"

#include "net/chunk_store.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(connection_heap_suite)

using doseline::net::chunk_store;
using doseline::net::connection_heap;

namespace {

void* take(connection_heap& from, std::size_t bytes) {
    const connection_heap::use here(from);
    return connection_heap::take(bytes);
}

// Whether the heap that was made last on this thread, and had this block, has given its chunk back:
// then the next one gets it.
bool is_back(const void* block) {
    connection_heap next;
    return next.holds(block);
}

void in_another_thread(const auto& work) { std::thread(work).join(); }

}  // namespace

BOOST_AUTO_TEST_CASE(only_what_is_taken_in_its_use_is_its_own) {
    connection_heap heap;
    connection_heap other;
    void* const before = connection_heap::take(100);
    void* const within = take(heap, 100);
    void* const in_other = take(other, 100);
    void* const after = connection_heap::take(100);
    BOOST_TEST(!heap.holds(before));
    BOOST_TEST(heap.holds(within));
    BOOST_TEST((!heap.holds(in_other) && other.holds(in_other)));
    BOOST_TEST(!heap.holds(after));
    BOOST_TEST(!heap.holds(nullptr));
    for (void* const block : {before, within, in_other, after}) {
        connection_heap::give(block);
    }
    connection_heap::give(nullptr);
}

BOOST_AUTO_TEST_CASE(large_blocks_come_from_malloc_but_for_the_first) {
    connection_heap heap;
    void* const first = take(heap, 7'608);
    void* const small = take(heap, connection_heap::block_bytes_max);
    void* const large = take(heap, connection_heap::block_bytes_max + 1);
    BOOST_TEST(heap.holds(first));
    BOOST_TEST(heap.holds(small));
    BOOST_TEST((large != nullptr && !heap.holds(large)));
    for (void* const block : {first, small, large}) {
        connection_heap::give(block);
    }
    void* const huge = take(heap, chunk_store::chunk_bytes);
    BOOST_TEST((huge != nullptr && !heap.holds(huge)));
    connection_heap::give(huge);
}

BOOST_AUTO_TEST_CASE(when_it_is_full_malloc_serves) {
    connection_heap heap;
    std::vector<void*> blocks;
    do {
        blocks.push_back(take(heap, 1'000));
        BOOST_TEST_REQUIRE(blocks.back() != nullptr);
    } while (heap.holds(blocks.back()));
    BOOST_TEST(blocks.size() > 10u);
    for (void* const block : blocks) {
        connection_heap::give(block);
    }
}

// What a handshake makes and drops, many times as much as there is room for.
BOOST_AUTO_TEST_CASE(what_is_given_back_in_its_use_is_room_again) {
    connection_heap heap;
    const connection_heap::use here(heap);
    for (std::size_t n = 0; n < chunk_store::chunk_bytes; ++n) {
        void* const block = connection_heap::take(1'000);
        BOOST_TEST_REQUIRE(heap.holds(block));
        connection_heap::give(block);
    }
}

BOOST_AUTO_TEST_CASE(resizing_is_that_of_realloc) {
    connection_heap heap;
    const connection_heap::use here(heap);
    char* const text = static_cast<char*>(connection_heap::resize(nullptr, 6));
    std::memcpy(text, "dose-1", 6);
    BOOST_TEST(connection_heap::resize(text, 3) == text);
    for (const std::size_t bytes : {100u, 1'024u, 1'025u, 60'000u, 10u}) {
        char* const moved =
            static_cast<char*>(connection_heap::resize(connection_heap::resize(nullptr, 6), bytes));
        BOOST_TEST_REQUIRE(moved != nullptr);
        connection_heap::give(moved);
    }
    char* small = text;
    for (const std::size_t bytes : {100u, 1'000u, 5'000u, 60'000u}) {  // within, then beyond
        small = static_cast<char*>(connection_heap::resize(small, bytes));
        BOOST_TEST_REQUIRE(std::memcmp(small, "dose-1", 6) == 0);
    }
    BOOST_TEST(!heap.holds(small));
    BOOST_TEST(connection_heap::resize(small, 0) == nullptr);
}

BOOST_AUTO_TEST_CASE(its_chunk_goes_back_when_it_ends) {
    std::optional<connection_heap> heap(std::in_place);
    void* const block = take(*heap, 10);
    BOOST_TEST(!is_back(block));
    connection_heap::give(block);
    BOOST_TEST(!is_back(block));
    heap.reset();
    BOOST_TEST(is_back(block));
}

BOOST_AUTO_TEST_CASE(what_outlives_it_keeps_its_chunk) {
    std::optional<connection_heap> heap(std::in_place);
    char* const one = static_cast<char*>(take(*heap, 10));
    char* const other = static_cast<char*>(take(*heap, 10));
    std::memcpy(other, "for all", 8);
    heap.reset();
    connection_heap::give(one);
    BOOST_TEST(!is_back(other));
    BOOST_TEST(std::memcmp(other, "for all", 8) == 0);
    connection_heap::give(other);
    BOOST_TEST(is_back(other));
}

BOOST_AUTO_TEST_CASE(other_threads_give_back_before_its_end_and_after) {
    std::optional<connection_heap> heap(std::in_place);
    void* const before = take(*heap, 10);
    void* const own = take(*heap, 10);
    void* const after = take(*heap, 10);
    in_another_thread([&] { connection_heap::give(before); });
    connection_heap::give(own);
    heap.reset();
    BOOST_TEST(!is_back(after));
    in_another_thread([&] { connection_heap::give(after); });
    BOOST_TEST(is_back(after));
}

BOOST_AUTO_TEST_CASE(another_thread_that_gives_all_back_leaves_the_end_to_the_owner) {
    std::optional<connection_heap> heap(std::in_place);
    void* const one = take(*heap, 10);
    void* const other = take(*heap, 10);
    in_another_thread([&] {
        connection_heap::give(one);
        connection_heap::give(other);
    });
    BOOST_TEST(!is_back(one));
    void* const again = take(*heap, 10);
    BOOST_TEST(heap->holds(again));
    connection_heap::give(again);
    heap.reset();
    BOOST_TEST(is_back(one));
}

// The row is its user's alone, also while it is used.
BOOST_AUTO_TEST_CASE(what_another_thread_gives_back_is_no_room_for_its_user) {
    std::optional<connection_heap> heap(std::in_place);
    void* block = nullptr;
    {
        const connection_heap::use here(*heap);
        block = connection_heap::take(1'000);
        in_another_thread([&] { connection_heap::give(block); });
        void* const next = connection_heap::take(1'000);
        BOOST_TEST(next != block);
        connection_heap::give(next);
    }
    heap.reset();
    BOOST_TEST(is_back(block));
}

BOOST_AUTO_TEST_CASE(it_may_move_to_another_thread) {
    std::optional<connection_heap> heap(std::in_place);
    void* const first = take(*heap, 10);
    in_another_thread([&] {
        void* const second = take(*heap, 10);
        connection_heap::give(first);
        connection_heap::give(second);
    });
    void* const third = take(*heap, 10);
    BOOST_TEST(heap->holds(third));
    connection_heap::give(third);
    heap.reset();
    BOOST_TEST(is_back(first));
}

// What OpenSSL keeps for a thread may lie in a connection that has gone on to another thread.
BOOST_AUTO_TEST_CASE(who_used_it_gives_back_while_another_uses_and_ends_it) {
    for (int round = 0; round < 200; ++round) {
        std::optional<connection_heap> heap(std::in_place);
        std::atomic<bool> lent{false};
        std::thread first([&] {
            std::array<void*, 8> kept{};
            {
                const connection_heap::use here(*heap);
                for (void*& block : kept) {
                    block = connection_heap::take(10);
                }
            }
            lent.store(true, std::memory_order_release);
            for (void* const block : kept) {
                connection_heap::give(block);
            }
        });
        while (!lent.load(std::memory_order_acquire)) {
            std::this_thread::yield();
        }
        void* const mine = take(*heap, 10);
        connection_heap::give(mine);
        heap.reset();
        first.join();
        BOOST_TEST_REQUIRE(is_back(mine));
    }
}

// Every owner works on its heaps while the others give back what it has left with them.
BOOST_AUTO_TEST_CASE(many_threads_at_random_end_with_nothing_taken) {
    constexpr std::size_t threads = 4;
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::array<std::array<std::atomic<unsigned char*>, 64>, threads> left_with{};
    std::atomic<unsigned> wrong{0};
    const auto give = [&](unsigned char* block) {
        for (unsigned n = 1; block != nullptr && n < block[0]; ++n) {
            wrong += block[n] != block[0] ? 1 : 0;
        }
        connection_heap::give(block);
    };
    const auto work = [&](std::size_t me) {
        std::mt19937 random(seed + static_cast<unsigned>(me));
        for (unsigned connection = 0; connection < 500; ++connection) {
            connection_heap heap;
            std::vector<unsigned char*> own;
            for (unsigned n = 0; n < 60; ++n) {
                const auto bytes = static_cast<unsigned>(1 + random() % 200);
                auto* block = static_cast<unsigned char*>(take(heap, bytes));
                std::memset(block, static_cast<int>(bytes), bytes);
                if (random() % 4 == 0) {
                    auto& place = left_with[random() % threads][random() % 64];
                    give(place.exchange(block));
                } else {
                    own.push_back(block);
                }
                if (random() % 2 == 0 && !own.empty()) {
                    std::swap(own[random() % own.size()], own.back());
                    give(own.back());
                    own.pop_back();
                }
                give(left_with[me][random() % 64].exchange(nullptr));
            }
            for (unsigned char* const block : own) {
                give(block);
            }
        }
    };
    std::vector<std::thread> all;
    for (std::size_t n = 0; n < threads; ++n) {
        all.emplace_back(work, n);
    }
    for (std::thread& t : all) {
        t.join();
    }
    for (auto& places : left_with) {
        for (auto& place : places) {
            give(place.load());
        }
    }
    BOOST_TEST(wrong == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
