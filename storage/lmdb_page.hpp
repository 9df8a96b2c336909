#pragma once

#include "storage/little_endian.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

// The bytes of LMDB's data file, format 1 on a 64-bit little-endian machine, as values. Nothing
// here calls LMDB, and nothing reads outside the span that it was given, whatever the bytes say.
// A page: number 8, padding 2, kind 2, lower 2, upper 2; then the nodes' offsets up to lower, a
// gap, and the nodes from upper on. An overflow page has its count of pages in place of lower and
// upper.
namespace doseline::storage::lmdb {

inline constexpr std::size_t page_header_bytes = 16;
inline constexpr std::size_t node_header_bytes = 8;
inline constexpr std::size_t tree_record_bytes = 48;
inline constexpr std::size_t page_bytes_min = 4'096;
inline constexpr std::size_t page_bytes_max = 32'768;
inline constexpr std::uint64_t meta_pages = 2;
inline constexpr std::uint64_t no_page = ~std::uint64_t{0};
inline constexpr std::size_t depth_max = 32;  // of LMDB's own cursors

inline constexpr std::uint16_t branch_page = 0x01;
inline constexpr std::uint16_t leaf_page = 0x02;
inline constexpr std::uint16_t overflow_page = 0x04;
inline constexpr std::uint16_t meta_page = 0x08;

inline constexpr std::uint16_t integer_keys = 0x08;  // of a tree

inline constexpr std::uint16_t node_overflows = 0x01;
inline constexpr std::uint16_t node_is_tree = 0x02;

template <std::size_t Bytes>
std::uint64_t number_at(std::span<const std::byte> bytes, std::size_t offset) noexcept {
    return get_little_endian<Bytes>(bytes.subspan(offset));
}

// A tree as its parent records it.
struct tree_record {
    std::uint32_t pad = 0;  // of the free list's record: the page size
    std::uint16_t flags = 0;
    std::uint16_t depth = 0;
    std::uint64_t branch_pages = 0;
    std::uint64_t leaf_pages = 0;
    std::uint64_t overflow_pages = 0;
    std::uint64_t entries = 0;
    std::uint64_t root = no_page;

    // REQUIRES: tree_record_bytes from offset on.
    static tree_record decode(std::span<const std::byte> bytes, std::size_t offset = 0) noexcept {
        const auto from = bytes.subspan(offset, tree_record_bytes);
        return {static_cast<std::uint32_t>(number_at<4>(from, 0)),
                static_cast<std::uint16_t>(number_at<2>(from, 4)),
                static_cast<std::uint16_t>(number_at<2>(from, 6)),
                number_at<8>(from, 8),
                number_at<8>(from, 16),
                number_at<8>(from, 24),
                number_at<8>(from, 32),
                number_at<8>(from, 40)};
    }
};

struct meta {
    static constexpr std::size_t end = page_header_bytes + 136;  // behind it the page is zero

    std::uint32_t magic = 0;
    std::uint32_t version = 0;
    std::uint64_t address = 0;
    std::uint64_t map_bytes = 0;
    tree_record free_list;
    tree_record tables;
    std::uint64_t last_page = 0;
    std::uint64_t transaction = 0;

    // REQUIRES: at least end bytes.
    static meta decode(std::span<const std::byte> page) noexcept {
        const auto from = page.subspan(page_header_bytes);
        return {static_cast<std::uint32_t>(number_at<4>(from, 0)),
                static_cast<std::uint32_t>(number_at<4>(from, 4)),
                number_at<8>(from, 8),
                number_at<8>(from, 16),
                tree_record::decode(from, 24),
                tree_record::decode(from, 72),
                number_at<8>(from, 120),
                number_at<8>(from, 128)};
    }
};

// One entry of a branch or leaf page.
struct node {
    std::span<const std::byte> key;
    std::span<const std::byte> data;  // of a leaf, unless it overflows
    std::uint64_t page = 0;           // of a branch: the child; of a leaf that overflows: where
    std::uint32_t data_bytes = 0;     // of a leaf
    std::uint16_t flags = 0;          // of a leaf
    std::size_t bytes = 0;            // that it takes of its page
};

// A page in memory. REQUIRES: at least page_bytes_min bytes, which outlive the view.
class page_view {
public:
    explicit page_view(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    std::uint64_t number() const noexcept { return number_at<8>(bytes_, 0); }
    std::uint16_t kind() const noexcept { return short_at(10); }
    std::uint64_t overflow_count() const noexcept { return number_at<4>(bytes_, 12); }
    std::size_t upper() const noexcept { return short_at(14); }
    std::size_t nodes() const noexcept { return (short_at(12) - page_header_bytes) / 2; }

    bool has_possible_bounds() const noexcept {
        const std::size_t lower = short_at(12);
        return lower >= page_header_bytes && lower % 2 == 0 && lower <= upper() &&
               upper() <= bytes_.size();
    }

    // Nothing when it would not lie within the page. REQUIRES: possible bounds, i < nodes().
    std::optional<node> at(std::size_t i) const noexcept {
        const std::size_t offset = short_at(page_header_bytes + 2 * i);
        if (offset < upper() || offset % 2 != 0 || offset + node_header_bytes > bytes_.size()) {
            return std::nullopt;
        }
        const auto from = bytes_.subspan(offset);
        const std::size_t key_bytes = number_at<2>(from, 6);
        const bool leaf = kind() == leaf_page;
        node n;
        n.bytes = node_header_bytes + key_bytes;
        if (leaf) {
            n.data_bytes = static_cast<std::uint32_t>(number_at<4>(from, 0));
            n.flags = static_cast<std::uint16_t>(number_at<2>(from, 4));
            n.bytes += overflows(n) ? sizeof n.page : n.data_bytes;
        } else {
            n.page = number_at<6>(from, 0);
        }
        if (n.bytes > from.size()) {
            return std::nullopt;
        }
        n.key = from.subspan(node_header_bytes, key_bytes);
        if (leaf && overflows(n)) {
            n.page = number_at<8>(from, node_header_bytes + key_bytes);
        } else if (leaf) {
            n.data = from.subspan(node_header_bytes + key_bytes, n.data_bytes);
        }
        return n;
    }

    static bool overflows(const node& n) noexcept { return (n.flags & node_overflows) != 0; }

private:
    std::uint16_t short_at(std::size_t offset) const noexcept {
        return static_cast<std::uint16_t>(number_at<2>(bytes_, offset));
    }

    std::span<const std::byte> bytes_;
};

}  // namespace doseline::storage::lmdb
