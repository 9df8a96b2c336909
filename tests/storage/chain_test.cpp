#include "storage/chain.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

BOOST_AUTO_TEST_SUITE(chain)

using namespace doseline;

namespace {

// What README says of a seal, in one piece.
storage::digest plainly(const storage::digest& previous,
                        const std::vector<std::vector<std::byte>>& records) {
    std::vector<std::byte> all(previous.begin(), previous.end());
    const auto put = [&](std::uint64_t number, unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i) {
            all.push_back(static_cast<std::byte>(number >> 8 * i));
        }
    };
    put(records.size(), 4);
    put(77, 8);
    put(5, 8);
    for (const auto& r : records) {
        put(r.size(), 4);
        all.insert(all.end(), r.begin(), r.end());
    }
    storage::sha256_stream hash;
    return hash.update(all).finish();
}

}  // namespace

// However long they are: the link hashes short ones together.
BOOST_AUTO_TEST_CASE(a_seal_is_the_hash_of_all_bytes_of_its_records) {
    storage::chain_link link;
    storage::digest previous{std::byte{9}};
    for (const std::vector<std::size_t>& sizes :
         std::vector<std::vector<std::size_t>>{{},
                                               {0},
                                               {1},
                                               {4'036},
                                               {4'037},
                                               {4'091},
                                               {4'092},
                                               {4'096},
                                               {4'097},
                                               {100'000},
                                               {10, 100'000, 10},
                                               {4'000, 90, 4'096, 0, 4'097, 1},
                                               std::vector<std::size_t>(1'000, 192)}) {
        std::vector<std::vector<std::byte>> records;
        link.begin(previous, static_cast<std::uint32_t>(sizes.size()), 77,
                   core::instant{std::chrono::milliseconds{5}});
        for (const std::size_t size : sizes) {
            std::vector<std::byte> bytes(size);
            for (std::size_t i = 0; i < size; ++i) {
                bytes[i] = static_cast<std::byte>(i * 31 + records.size());
            }
            link.record(bytes);
            records.push_back(std::move(bytes));
        }
        const storage::digest expected = plainly(previous, records);
        BOOST_CHECK(link.end() == expected);
        previous = expected;
    }
}

BOOST_AUTO_TEST_SUITE_END()
