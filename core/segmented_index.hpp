#pragma once

#include "core/big_pages.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace doseline::core {

// From a 64-bit hash to a position in a dense table that somebody else holds; extendible hashing.
// It grows by splitting one small segment at a time, so that no insertion ever pays for all, and
// costs 5 to 10 bytes a position. The hash must be uniform in its upper bits: a keyed hash is.
//
// Thread safety: none; one owner.
// Invariants:
//   1. A segment of local depth d holds just the positions whose hashes share d leading bits, and
//      stands in every directory place that begins with them.
//   2. No segment is fuller than 13/16, so that linear probing always meets a free slot.
class segmented_index {
public:
    static constexpr std::uint32_t positions_max = (1u << 28) - 1;
    static constexpr std::uint32_t none = 0xffffffff;

    segmented_index() { directory_.push_back(add_segment(0)); }

    // The position for which matches(position) holds among those of that hash, or none.
    template <class Matches>
    std::uint32_t find(std::uint64_t hash, Matches&& matches) const {
        const segment& s = *directory_[place(hash)];
        for (std::size_t i = first_slot(hash);; i = (i + 1) % segment_slots) {
            const std::uint32_t slot = s.slots[i];
            if (slot == 0) {
                return none;
            }
            if (slot >> 28 == tag(hash) && matches((slot & positions_max) - 1)) {
                return (slot & positions_max) - 1;
            }
        }
    }

    // Big enough for so many, at most twice as big as if it had grown to them, so that hardly any
    // of them splits a segment: where the hashes come from far memory, that is a third of
    // inserting. No effect when anything is in it.
    void reserve(std::size_t positions) {
        constexpr std::size_t filled = used_max * 9 / 10;  // on average; the fullest have more
        if (reserved_ || segments_.size() > 1 || segments_.front()->used != 0) {
            return;
        }
        std::uint32_t depth = 0;
        while (std::min<std::size_t>(positions, positions_max) >> depth > filled) {
            ++depth;
        }
        if (depth == 0) {
            return;
        }
        directory_.clear();
        segments_.clear();
        depth_ = depth;
        static_assert(std::is_trivially_destructible_v<segment>);
        reserved_ = in_big_pages(sizeof(segment) << depth);
        segment* const first = reinterpret_cast<segment*>(reserved_.get());
        for (std::size_t n = 0; n < std::size_t{1} << depth; ++n) {
            segment* const s = std::construct_at(first + n);
            s->depth = depth;
            directory_.push_back(s);
        }
        reserved_segments_ = directory_.size();
    }

    // Asks the processor to have ready what prefetch() reads.
    void prefetch_place(std::uint64_t hash) const noexcept {
        __builtin_prefetch(&directory_[place(hash)]);
        asm volatile("");  // as below
    }

    // Asks the processor to have ready what find() and insert() read first.
    void prefetch(std::uint64_t hash) const noexcept {
        const segment& s = *directory_[place(hash)];
        __builtin_prefetch(&s.used);
        __builtin_prefetch(&s.slots[first_slot(hash)]);
        // GCC 12 takes a function that only prefetches for one without any effect and leaves out
        // the calls to it; an effect that costs nothing keeps them.
        asm volatile("");
    }

    // REQUIRES: the position is not in yet, and position < positions_max.
    // hash_of(position) must give the hash of any position inserted before.
    template <class HashOf>
    void insert(std::uint64_t hash, std::uint32_t position, HashOf&& hash_of) {
        while (directory_[place(hash)]->used >= used_max) {
            split(place(hash), hash_of);
        }
        put(*directory_[place(hash)], hash, position);
    }

    std::size_t memory_bytes() const noexcept {
        return (segments_.size() + reserved_segments_) * sizeof(segment) +
               directory_.capacity() * sizeof(segment*);
    }

private:
    static constexpr std::size_t segment_slots = 1'024;
    static constexpr std::uint32_t used_max = segment_slots * 13 / 16;

    struct segment {
        std::uint32_t depth = 0;
        std::uint32_t used = 0;
        std::array<std::uint32_t, segment_slots> slots{};  // 4 bits of hash, 28 of position + 1
    };

    struct moved {
        std::uint64_t hash;
        std::uint32_t position;
    };

    std::size_t place(std::uint64_t hash) const noexcept {
        return depth_ == 0 ? 0 : hash >> (64 - depth_);
    }
    // Bits from the middle and the lower end: the upper ones are the same within a segment.
    static std::size_t first_slot(std::uint64_t hash) noexcept { return hash % segment_slots; }
    static std::uint32_t tag(std::uint64_t hash) noexcept {
        return static_cast<std::uint32_t>(hash >> 16 & 0xf);
    }

    static void put(segment& s, std::uint64_t hash, std::uint32_t position) noexcept {
        std::size_t i = first_slot(hash);
        while (s.slots[i] != 0) {
            i = (i + 1) % segment_slots;
        }
        s.slots[i] = tag(hash) << 28 | (position + 1);
        ++s.used;
    }

    segment* add_segment(std::uint32_t depth) {
        segments_.push_back(std::make_unique<segment>());
        segments_.back()->depth = depth;
        return segments_.back().get();
    }

    template <class HashOf>
    void split(std::size_t at, HashOf&& hash_of) {
        segment* low = directory_[at];
        if (low->depth == depth_) {
            double_directory();
            at *= 2;
        }
        segment* high = add_segment(++low->depth);
        const std::size_t span = std::size_t{1} << (depth_ - low->depth);  // places of each half
        const std::size_t first = at & ~(2 * span - 1);
        std::fill_n(directory_.begin() + static_cast<std::ptrdiff_t>(first + span), span, high);

        // All hashes before the first is used: they come from far memory, and so none waits for
        // another.
        std::array<moved, used_max> inside;
        std::size_t count = 0;
        for (const std::uint32_t slot : low->slots) {
            if (slot != 0) {
                inside[count++].position = (slot & positions_max) - 1;
            }
        }
        for (std::size_t i = 0; i < count; ++i) {
            inside[i].hash = hash_of(inside[i].position);
        }
        low->slots.fill(0);
        low->used = 0;
        for (std::size_t i = 0; i < count; ++i) {
            put(*directory_[place(inside[i].hash)], inside[i].hash, inside[i].position);
        }
    }

    void double_directory() {
        std::vector<segment*> wider;
        wider.reserve(directory_.size() * 2);
        for (segment* s : directory_) {
            wider.push_back(s);
            wider.push_back(s);
        }
        directory_ = std::move(wider);
        ++depth_;
    }

    std::uint32_t depth_ = 0;
    std::vector<segment*> directory_;
    std::vector<std::unique_ptr<segment>> segments_;
    big_pages reserved_;  // the segments of the beginning, if it was known how many there will be
    std::size_t reserved_segments_ = 0;
};

}  // namespace doseline::core
