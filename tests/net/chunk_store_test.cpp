#include "net/chunk_store.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(chunk_store_suite)

using doseline::net::chunk_store;

namespace {

constexpr std::size_t page = 4'096;
constexpr std::size_t chunk_bytes = chunk_store::chunk_bytes;
constexpr std::size_t chunks_of_a_slab = chunk_store::slab_chunks;

struct two_slabs {
    chunk_store store{2};

    std::vector<std::byte*> take(std::size_t many) {
        std::vector<std::byte*> chunks;
        for (std::size_t n = 0; n < many; ++n) {
            chunks.push_back(store.take());
            BOOST_TEST_REQUIRE(chunks.back() != nullptr);
            std::memset(chunks.back(), static_cast<int>(n + 1), chunk_bytes);
        }
        std::sort(chunks.begin(), chunks.end());
        return chunks;
    }
};

// Pages that are in memory, of a whole slab.
std::size_t pages_of(std::byte* slab) {
    std::vector<unsigned char> each(chunk_store::slab_bytes / page);
    BOOST_TEST_REQUIRE(::mincore(slab, chunk_store::slab_bytes, each.data()) == 0);
    return static_cast<std::size_t>(
        std::count_if(each.begin(), each.end(), [](unsigned char c) { return (c & 1) != 0; }));
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(chunks_are_apart_and_aligned_until_none_is_left, two_slabs) {
    const auto all = take(2 * chunks_of_a_slab);
    for (std::size_t n = 0; n < all.size(); ++n) {
        BOOST_TEST(reinterpret_cast<std::uintptr_t>(all[n]) % 64 == 0u);
        BOOST_TEST((n == 0 || all[n] - all[n - 1] >= std::ptrdiff_t{chunk_bytes}));
    }
    BOOST_TEST(store.take() == nullptr);
    store.give(all[70]);
    BOOST_TEST(store.take() == all[70]);
    BOOST_TEST(store.take() == nullptr);
}

BOOST_FIXTURE_TEST_CASE(it_knows_what_lies_in_which_chunk, two_slabs) {
    const auto all = take(2 * chunks_of_a_slab);
    for (std::byte* const chunk : all) {
        for (const std::size_t byte : {std::size_t{0}, std::size_t{1}, chunk_bytes - 1}) {
            BOOST_TEST(store.holds(chunk + byte));
            BOOST_TEST(store.chunk_of(chunk + byte) == chunk);
        }
    }
    BOOST_TEST(!store.holds(nullptr));
    BOOST_TEST(!store.holds(&store));
    BOOST_TEST(!store.holds(all.front() - 1));
    BOOST_TEST(!store.holds(all.back() + chunk_bytes));
}

BOOST_FIXTURE_TEST_CASE(pages_go_back_when_nothing_lives_in_them_whatever_the_order, two_slabs) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    auto all = take(chunks_of_a_slab + chunk_store::warm_max);
    while (all.size() > chunks_of_a_slab) {  // those that stay warm are of the other slab
        store.give(all.back());
        all.pop_back();
    }
    std::byte* const slab = all.front();
    BOOST_TEST(pages_of(slab) == chunk_store::slab_bytes / page);
    std::vector<bool> lives(all.size(), true);
    std::vector<std::size_t> order(all.size());
    for (std::size_t n = 0; n < order.size(); ++n) {
        order[n] = n;
    }
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t gone : order) {
        store.give(all[gone]);
        lives[gone] = false;
        std::set<std::size_t> in_use;
        for (std::size_t n = 0; n < all.size(); ++n) {
            for (std::size_t byte = n * chunk_bytes; lives[n] && byte < (n + 1) * chunk_bytes;
                 byte += 64) {
                in_use.insert(byte / page);
            }
            const auto filled_with = static_cast<std::byte>(n + 1);
            BOOST_TEST_REQUIRE((
                !lives[n] || std::count(all[n], all[n] + chunk_bytes, filled_with) == chunk_bytes));
        }
        BOOST_TEST_REQUIRE(pages_of(slab) == in_use.size());
    }
    BOOST_TEST(pages_of(slab) == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_few_stay_warm_and_go_first, two_slabs) {
    const auto all = take(chunk_store::warm_max + 1);
    for (std::byte* const chunk : all) {
        store.give(chunk);
    }
    const std::size_t pages = chunk_store::warm_max * chunk_bytes / page;
    BOOST_TEST(pages_of(all.front()) >= pages);
    BOOST_TEST(pages_of(all.front()) <= pages + 2);
    for (std::size_t n = chunk_store::warm_max; n-- > 0;) {
        BOOST_TEST(store.take() == all[n]);
    }
    BOOST_TEST(store.take() == all.back());
}

BOOST_FIXTURE_TEST_CASE(without_address_space_there_are_no_chunks, two_slabs) {
    chunk_store beyond{~std::uint32_t{0} / 16};  // 240 TiB, more than a process can have
    BOOST_TEST(beyond.take() == nullptr);
    BOOST_TEST(!beyond.holds(nullptr));
    BOOST_TEST(!beyond.holds(&beyond));
}

BOOST_FIXTURE_TEST_CASE(threads_take_and_give_back_each_others, two_slabs) {
    chunk_store shared{64};
    constexpr std::size_t each = 200;
    std::array<std::vector<std::byte*>, 4> taken;
    const auto in_threads = [](auto&& work) {
        std::vector<std::thread> threads;
        for (std::size_t n = 0; n < 4; ++n) {
            threads.emplace_back(work, n);
        }
        for (std::thread& t : threads) {
            t.join();
        }
    };
    for (unsigned round = 0; round < 3; ++round) {
        in_threads([&](std::size_t n) {
            for (std::size_t m = 0; m < each; ++m) {
                taken[n].push_back(shared.take());
                *taken[n].back() = static_cast<std::byte>(n);
            }
        });
        std::set<std::byte*> apart;
        for (std::size_t n = 0; n < 4; ++n) {
            for (std::byte* const chunk : taken[n]) {
                BOOST_TEST_REQUIRE(apart.insert(chunk).second);
                BOOST_TEST_REQUIRE((*chunk == static_cast<std::byte>(n)));
            }
        }
        in_threads([&](std::size_t n) {
            for (std::byte* const chunk : taken[(n + 1) % 4]) {
                shared.give(chunk);
            }
            taken[(n + 1) % 4].clear();
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
