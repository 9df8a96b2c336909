#pragma once

#include "core/person_table.hpp"

#include <algorithm>
#include <array>

namespace doseline::core {

// Idempotency keys of the season: the keyed hash of (clinic, key) and the registration that it
// named. 22 bytes and 5 to 10 in the index: within the 32 that a key may cost.
//
// Thread safety: none; the registry's.
class key_table {
public:
    // The registration of that key, or 0.
    sequence find(const key_hash& key) const {
        const std::uint32_t at =
            index_.find(leading_bits(key), [&](std::uint32_t i) { return records_[i].key == key; });
        return at == segmented_index::none ? 0 : unpack(records_[at].seq);
    }

    // REQUIRES: find(key) == 0 and seq < 2^48.
    void insert(const key_hash& key, sequence seq) {
        const auto i = static_cast<std::uint32_t>(records_.size());
        records_.push_back([&](record& r) {
            r.key = key;
            std::memcpy(r.seq.data(), &seq, r.seq.size());  // the low 48 bits, little-endian
        });
        index_.insert(leading_bits(key), i,
                      [&](std::uint32_t n) { return leading_bits(records_[n].key); });
    }

    // visit(key, sequence) for each, in the order in which they came.
    template <class Visit>
    void for_each(Visit&& visit) const {
        for (std::size_t i = 0; i < records_.size(); ++i) {
            visit(records_[i].key, unpack(records_[i].seq));
        }
    }

    // For so many, from the beginning.
    void reserve(std::size_t keys) {
        index_.reserve(keys);
        records_.reserve(keys);
    }
    void prefetch_place(const key_hash& key) const noexcept {
        index_.prefetch_place(leading_bits(key));
    }
    void prefetch(const key_hash& key) const noexcept { index_.prefetch(leading_bits(key)); }
    std::size_t size() const noexcept { return records_.size(); }
    std::size_t memory_bytes() const noexcept {
        return index_.memory_bytes() + records_.size() * sizeof(record);
    }

private:
    struct record {
        key_hash key{};
        std::array<std::byte, 6> seq{};
    };
    static_assert(sizeof(record) == 22);
    static_assert(std::endian::native == std::endian::little);

    static sequence unpack(const std::array<std::byte, 6>& bytes) noexcept {
        sequence seq = 0;
        std::memcpy(&seq, bytes.data(), bytes.size());
        return seq;
    }

    static constexpr std::size_t segment = 16'384;
    segmented_index index_;
    stable_vector<record, segment, segmented_index::positions_max / segment> records_;
};

}  // namespace doseline::core
