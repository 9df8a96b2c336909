#include "net/block_row.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <vector>

BOOST_AUTO_TEST_SUITE(block_row_suite)

using doseline::net::block_row;

namespace {

struct row {
    alignas(16) std::array<std::byte, 4'096> memory;
    block_row blocks{memory};

    // The most that can be taken now in one piece.
    std::size_t largest() {
        for (std::size_t bytes = memory.size(); bytes > 0; --bytes) {
            if (void* const block = blocks.take(bytes)) {
                blocks.give(block);
                return bytes;
            }
        }
        return 0;
    }
};

constexpr std::size_t largest_of_all = 4'096 - 16 - 8;

bool aligned(const void* block) { return reinterpret_cast<std::uintptr_t>(block) % 16 == 0; }

// What a row ought to be: blocks that are in use, by their places, each filled with a byte.
class model {
public:
    explicit model(row& real) : real_(real) {}

    void take(std::size_t bytes, unsigned char filled_with) {
        auto* const block = static_cast<unsigned char*>(real_.blocks.take(bytes));
        if (block == nullptr) {
            return;
        }
        const std::size_t room = block_row::bytes_of(block);
        BOOST_TEST_REQUIRE(aligned(block));
        BOOST_TEST_REQUIRE(room >= bytes);
        BOOST_TEST_REQUIRE(room < bytes + 32);
        const auto* const begin = reinterpret_cast<unsigned char*>(real_.memory.data());
        BOOST_TEST_REQUIRE((block >= begin && block + room <= begin + real_.memory.size()));
        const auto next = in_use_.lower_bound(block);
        BOOST_TEST_REQUIRE((next == in_use_.end() || block + room <= next->first));
        if (next != in_use_.begin()) {
            const auto& [other, its] = *std::prev(next);
            BOOST_TEST_REQUIRE(other + its.room <= block);
        }
        std::memset(block, filled_with, room);
        in_use_[block] = {room, filled_with};
    }
    void give(std::size_t which) {
        const auto one = std::next(in_use_.begin(), static_cast<std::ptrdiff_t>(which));
        const auto [block, its] = *one;
        BOOST_TEST_REQUIRE(block_row::bytes_of(block) == its.room);
        BOOST_TEST_REQUIRE(
            std::all_of(block, block + its.room,
                        [filled = its.filled_with](unsigned char c) { return c == filled; }));
        in_use_.erase(one);
        real_.blocks.give(block);
    }
    std::size_t size() const { return in_use_.size(); }

private:
    struct taken {
        std::size_t room = 0;
        unsigned char filled_with = 0;
    };
    row& real_;
    std::map<unsigned char*, taken> in_use_;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_largest_block_is_all_of_it_and_not_a_byte_more, row) {
    BOOST_TEST(blocks.take(largest_of_all + 1) == nullptr);
    void* const all = blocks.take(largest_of_all);
    BOOST_TEST(all != nullptr);
    BOOST_TEST(blocks.take(0) == nullptr);
    blocks.give(all);
    BOOST_TEST(blocks.take(largest_of_all) == all);
}

BOOST_FIXTURE_TEST_CASE(blocks_of_no_bytes_are_blocks, row) {
    void* const one = blocks.take(0);
    void* const other = blocks.take(0);
    BOOST_TEST((one != nullptr && other != nullptr && one != other));
    BOOST_TEST(aligned(one));
    blocks.give(one);
    blocks.give(other);
    BOOST_TEST(largest() == largest_of_all);
}

BOOST_FIXTURE_TEST_CASE(sizes_beyond_any_span_are_refused, row) {
    BOOST_TEST(blocks.take(block_row::span_bytes_max * 2 + 8) == nullptr);
    BOOST_TEST(blocks.take(std::size_t{1} << 40) == nullptr);
    BOOST_TEST(blocks.take(~std::size_t{0} - 64) == nullptr);
    BOOST_TEST(blocks.take(~std::size_t{0}) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(what_is_given_back_joins_its_neighbours_in_any_order, row) {
    std::array<int, 3> order{0, 1, 2};
    do {
        std::array<void*, 3> three{blocks.take(100), blocks.take(200), blocks.take(300)};
        for (const int n : order) {
            blocks.give(three[static_cast<std::size_t>(n)]);
        }
        BOOST_TEST(largest() == largest_of_all);
    } while (std::next_permutation(order.begin(), order.end()));
}

BOOST_FIXTURE_TEST_CASE(a_hole_is_filled_again, row) {
    std::vector<void*> all;
    while (void* const block = blocks.take(100)) {
        all.push_back(block);
    }
    BOOST_TEST(all.size() > 30u);
    blocks.give(all[7]);
    BOOST_TEST(blocks.take(100) == all[7]);
    BOOST_TEST(blocks.take(100) == nullptr);
}

BOOST_FIXTURE_TEST_CASE(a_long_life_at_random_is_that_of_the_model, row) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    model m(*this);
    for (unsigned n = 0; n < 50'000; ++n) {
        const bool filling = n / 500 % 2 == 0;
        if (m.size() == 0 || random() % 8 < (filling ? 5u : 3u)) {
            const std::size_t bytes = random() % (random() % 10 == 0 ? 1'500 : 120);
            m.take(bytes, static_cast<unsigned char>(random()));
        } else {
            m.give(random() % m.size());
        }
    }
    while (m.size() != 0) {
        m.give(random() % m.size());
    }
    BOOST_TEST(largest() == largest_of_all);
}

BOOST_AUTO_TEST_SUITE_END()
