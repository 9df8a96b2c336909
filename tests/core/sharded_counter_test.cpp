#include "core/sharded_counter.hpp"

#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(sharded_counter_test)

using namespace doseline::core;
using doseline::test::hash_like;

namespace {

constexpr std::size_t shards = 3;
constexpr std::size_t counters = 17;
constexpr std::size_t works = 300'000;
constexpr std::size_t works_between_marks = 10'000;
constexpr std::size_t marks = works / works_between_marks;

// Work n belongs to one shard and adds to one counter.
struct work {
    std::size_t shard;
    std::size_t counter;
    std::uint64_t amount;
};

work work_of(std::size_t n) {
    const std::uint64_t draw = leading_bits(hash_like(n, 6));
    return {draw % shards, (draw >> 8) % counters, 1 + (draw >> 16) % 4};
}

}  // namespace

BOOST_AUTO_TEST_CASE(shards_add_up) {
    sharded_counters c(shards, counters);
    BOOST_TEST(c.shards() == shards);
    BOOST_TEST(c.counters() == counters);
    c.add(0, 3);
    c.add(1, 3, 40);
    c.add(2, 4, 500);
    BOOST_TEST(c.sum(3) == 41u);
    BOOST_TEST(c.sum(4) == 500u);
    BOOST_TEST(c.sum(0) == 0u);
    BOOST_TEST(c.sum(16) == 0u);
    BOOST_TEST(c.get(1, 3) == 40u);
    c.set(1, 3, 2);
    BOOST_TEST(c.sum(3) == 3u);
    std::vector<std::uint64_t> row(2);
    c.snapshot(2, 3, row);
    BOOST_TEST(row == (std::vector<std::uint64_t>{0, 500}), boost::test_tools::per_element());
}

// Each owner takes its snapshot when it meets a mark in its own order of work; together they are
// the exact state at the mark, whenever each of them met it.
BOOST_AUTO_TEST_CASE(snapshots_at_the_same_mark_sum_to_the_exact_state) {
    sharded_counters c(shards, counters);
    using row = std::vector<std::uint64_t>;
    std::vector<std::vector<row>> taken(shards, std::vector<row>(marks, row(counters)));
    std::vector<std::thread> owners;
    for (std::size_t shard = 0; shard < shards; ++shard) {
        owners.emplace_back([&, shard] {
            for (std::size_t n = 0; n < works; ++n) {
                if (n % works_between_marks == 0) {
                    c.snapshot(shard, 0, taken[shard][n / works_between_marks]);
                }
                if (const work w = work_of(n); w.shard == shard) {
                    c.add(shard, w.counter, w.amount);
                }
            }
        });
    }
    for (std::thread& owner : owners) {
        owner.join();
    }
    row exact(counters);
    for (std::size_t n = 0; n < works; ++n) {
        if (n % works_between_marks == 0) {
            for (std::size_t i = 0; i < counters; ++i) {
                std::uint64_t sum = 0;
                for (std::size_t shard = 0; shard < shards; ++shard) {
                    sum += taken[shard][n / works_between_marks][i];
                }
                BOOST_REQUIRE(sum == exact[i]);
            }
        }
        exact[work_of(n).counter] += work_of(n).amount;
    }
    for (std::size_t i = 0; i < counters; ++i) {
        BOOST_TEST(c.sum(i) == exact[i]);
    }
}

// A stranger's sum of counters that only grow lies between two true sums: it never falls.
BOOST_AUTO_TEST_CASE(a_sum_from_outside_never_falls_and_ends_exact) {
    constexpr std::uint64_t each = 200'000;
    sharded_counters c(2, 1);
    std::atomic<int> at_work{2};
    std::vector<std::thread> owners;
    for (std::size_t shard = 0; shard < 2; ++shard) {
        owners.emplace_back([&, shard] {
            for (std::uint64_t n = 0; n < each; ++n) {
                c.add(shard, 0);
            }
            --at_work;
        });
    }
    bool fell = false;
    for (std::uint64_t last = 0; at_work > 0;) {
        const std::uint64_t sum = c.sum(0);
        fell = fell || sum < last || sum > 2 * each;
        last = sum;
    }
    for (std::thread& owner : owners) {
        owner.join();
    }
    BOOST_TEST(!fell);
    BOOST_TEST(c.sum(0) == 2 * each);
}

BOOST_AUTO_TEST_SUITE_END()
