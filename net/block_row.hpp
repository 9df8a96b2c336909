#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace doseline::net {

// Blocks of any size within a fixed span of memory: a row without gaps, in which two free blocks
// never lie side by side (boundary tags, Knuth 2.5). Small enough to be made for each connection:
// all that it knows is in the tags and in this object.
//
//     | tag | payload ... | tag | payload ......... | tag | payload | tag |
//                                                                      last: in use for ever
//
// A tag is 8 bytes before a payload, which is aligned to 16; tags are numbered in units of 16
// bytes.
//
// Thread safety: none, but bytes_of() of a block that is in use may be asked by any thread.
class block_row {
public:
    static constexpr std::size_t unit = 16;
    static constexpr std::size_t span_bytes_max = 0x8000 * unit;

    // REQUIRES: aligned to 16; 2 units to span_bytes_max. It is not touched beyond the tags.
    explicit block_row(std::span<std::byte> memory) noexcept
        : memory_(memory.data()), first_free_(0) {
        const auto units = static_cast<std::uint16_t>(memory.size() / unit - 1);
        at(0) = {units, 0, none, none};
        at(units) = {0, units, in_use, none};
    }

    // Null when no free block is large enough. Zero bytes are a block, too.
    void* take(std::size_t bytes) noexcept {
        if (bytes > span_bytes_max) {
            return nullptr;
        }
        const std::size_t wanted = (bytes + sizeof(tag) + unit - 1) / unit;
        for (std::uint16_t n = first_free_; n != none; n = at(n).next) {
            if (at(n).units >= wanted) {
                return payload_of(part(n, static_cast<std::uint16_t>(wanted)));
            }
        }
        return nullptr;
    }

    // REQUIRES: taken here, and not given back yet.
    void give(void* payload) noexcept {
        auto n =
            static_cast<std::uint16_t>((static_cast<std::byte*>(payload) - memory_) / unit - 1);
        const auto behind = static_cast<std::uint16_t>(n + at(n).units);
        if (at(behind).next != in_use) {
            unlink(behind);
            at(n).units = static_cast<std::uint16_t>(at(n).units + at(behind).units);
        }
        const auto before = static_cast<std::uint16_t>(n - at(n).before);
        if (before != n && at(before).next != in_use) {
            at(before).units = static_cast<std::uint16_t>(at(before).units + at(n).units);
            n = before;
        } else {
            link(n);
        }
        at(static_cast<std::uint16_t>(n + at(n).units)).before = at(n).units;
    }

    // Room of the block, at least what was asked for.
    static std::size_t bytes_of(const void* payload) noexcept {
        return reinterpret_cast<const tag*>(payload)[-1].units * unit - sizeof(tag);
    }

private:
    struct tag {
        std::uint16_t units;   // of this block, with its tag; never changed while it is in use
        std::uint16_t before;  // units of the block before it; 0: it is the first one
        std::uint16_t next;    // free block; or none, or in_use
        std::uint16_t previous;
    };
    static constexpr std::uint16_t none = 0xffff;
    static constexpr std::uint16_t in_use = 0xfffe;

    tag& at(std::uint16_t n) noexcept {
        return *reinterpret_cast<tag*>(memory_ + n * unit + unit - sizeof(tag));
    }
    void* payload_of(std::uint16_t n) noexcept { return memory_ + (n + 1u) * unit; }

    // From the end of a free block, so that what is left stays where it is in the list.
    std::uint16_t part(std::uint16_t n, std::uint16_t wanted) noexcept {
        const auto left = static_cast<std::uint16_t>(at(n).units - wanted);
        const auto taken = static_cast<std::uint16_t>(n + left);
        const auto behind = static_cast<std::uint16_t>(taken + wanted);
        if (left == 0) {
            unlink(n);
            at(n).next = in_use;
        } else {
            at(n).units = left;
            at(taken) = {wanted, left, in_use, none};
        }
        at(behind).before = wanted;
        return taken;
    }
    void link(std::uint16_t n) noexcept {
        at(n).next = first_free_;
        at(n).previous = none;
        if (first_free_ != none) {
            at(first_free_).previous = n;
        }
        first_free_ = n;
    }
    void unlink(std::uint16_t n) noexcept {
        const tag& t = at(n);
        (t.previous != none ? at(t.previous).next : first_free_) = t.next;
        if (t.next != none) {
            at(t.next).previous = t.previous;
        }
    }

    std::byte* const memory_;
    std::uint16_t first_free_;
};

}  // namespace doseline::net
