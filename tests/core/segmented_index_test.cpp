#include "core/segmented_index.hpp"

#include "tests/core/desk.hpp"

#include <boost/test/unit_test.hpp>

#include <rapidcheck.h>

#include <cstring>
#include <unordered_map>
#include <vector>

BOOST_AUTO_TEST_SUITE(segmented_index_test)

using namespace doseline::core;
using doseline::test::hash_like;

namespace {

std::uint64_t hash_of(std::uint64_t n) { return leading_bits(hash_like(n, 5)); }

// An index over a dense table of hashes; the table says what matches, as the users do.
struct indexed {
    segmented_index index;
    std::vector<std::uint64_t> hashes;

    void insert(std::uint64_t hash) {
        hashes.push_back(hash);
        index.insert(hash, static_cast<std::uint32_t>(hashes.size() - 1),
                     [&](std::uint32_t i) { return hashes[i]; });
    }
    std::uint32_t find(std::uint64_t hash) const {
        return index.find(hash, [&](std::uint32_t i) { return hashes[i] == hash; });
    }
    double bytes_each() const {
        return static_cast<double>(index.memory_bytes()) / static_cast<double>(hashes.size());
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(an_empty_index_finds_nothing) {
    const indexed table;
    BOOST_TEST(table.find(0) == segmented_index::none);
    BOOST_TEST(table.find(~0ull) == segmented_index::none);
}

// As if it had grown to that, and goes on growing; what is in it already is not touched.
BOOST_AUTO_TEST_CASE(an_index_that_was_made_for_so_many_is_as_big_as_one_that_grew) {
    constexpr std::uint32_t many = 90'000;
    indexed reserved;
    reserved.index.reserve(many);
    indexed grown;
    const std::size_t before = reserved.index.memory_bytes();
    for (std::uint32_t n = 0; n < many; ++n) {
        reserved.insert(hash_of(n));
        grown.insert(hash_of(n));
    }
    BOOST_TEST(reserved.index.memory_bytes() == before);
    BOOST_TEST(reserved.index.memory_bytes() == grown.index.memory_bytes());
    grown.index.reserve(10 * many);
    BOOST_TEST(grown.index.memory_bytes() == before);
    for (std::uint32_t n = many; n < 3 * many; ++n) {
        reserved.insert(hash_of(n));
    }
    BOOST_TEST(reserved.index.memory_bytes() > before);
    for (std::uint32_t n = 0; n < 3 * many; ++n) {
        BOOST_REQUIRE(reserved.find(hash_of(n)) == n);
        BOOST_REQUIRE(grown.find(hash_of(n)) == (n < many ? n : segmented_index::none));
    }
    BOOST_TEST(reserved.find(hash_of(3 * many)) == segmented_index::none);
}

BOOST_AUTO_TEST_CASE(everything_is_found_at_every_size_while_it_grows) {
    indexed table;
    for (std::uint32_t n = 0; n < 300'000; ++n) {
        table.insert(hash_of(n));
        // The newest, the oldest, one in between, and one that is not there.
        BOOST_REQUIRE(table.find(hash_of(n)) == n);
        BOOST_REQUIRE(table.find(hash_of(0)) == 0u);
        BOOST_REQUIRE(table.find(hash_of(n / 3)) == n / 3);
        BOOST_REQUIRE(table.find(hash_of(n + 1'000'000)) == segmented_index::none);
    }
    bool all = true;
    for (std::uint32_t n = 0; n < table.hashes.size(); ++n) {
        all = all && table.find(hash_of(n)) == n;
    }
    BOOST_TEST(all);
}

BOOST_AUTO_TEST_CASE(a_position_costs_five_to_ten_bytes) {
    indexed table;
    for (std::uint32_t n = 0; n < 400'000; ++n) {
        table.insert(hash_of(n));
        if (n > 50'000 && n % 10'000 == 0) {
            BOOST_TEST_CONTEXT(n) {
                BOOST_TEST(table.bytes_each() >= 4.0);
                BOOST_TEST(table.bytes_each() <= 10.0);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(positions_of_equal_hash_are_told_apart_by_the_table) {
    indexed table;
    for (int i = 0; i < 300; ++i) {
        table.insert(42);
        table.insert(hash_of(static_cast<std::uint64_t>(i)));
    }
    for (std::uint32_t wanted = 0; wanted < 600; wanted += 2) {
        BOOST_REQUIRE(table.index.find(42, [&](std::uint32_t i) { return i == wanted; }) == wanted);
    }
    BOOST_TEST(table.index.find(42, [](std::uint32_t) { return false; }) == segmented_index::none);
}

BOOST_AUTO_TEST_CASE(it_is_a_map_of_any_hashes) {
    const bool holds = rc::check("finds what an unordered_map finds", [] {
        // Few upper bits, so that segments split unevenly, and few lower ones, so that slots meet.
        const auto draws = *rc::gen::scale(
            60.0, rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange(0ul, 100'000ul)));
        indexed table;
        std::unordered_map<std::uint64_t, std::uint32_t> map;
        for (const std::uint64_t draw : draws) {
            const std::uint64_t hash = (draw % 40 * draw % 40) << 58 | hash_of(draw) >> 6 << 2;
            if (map.try_emplace(hash, static_cast<std::uint32_t>(table.hashes.size())).second) {
                table.insert(hash);
            }
        }
        for (const auto& [hash, position] : map) {
            RC_ASSERT(table.find(hash) == position);
            RC_ASSERT(table.find(hash ^ 1) == segmented_index::none);
        }
    });
    BOOST_TEST(holds);
}

BOOST_AUTO_TEST_SUITE_END()
