#pragma once

#include "storage/lmdb_page.hpp"
#include "storage/page_file.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace doseline::storage {

// Goes through the trees of one snapshot and notes which page belongs to whom: none may have two
// owners. Failures throw fatal_error that names file, page and tree.
class page_walk {
public:
    // Called for each entry of a leaf, in the order of the keys. The node is valid for the call.
    using on_entry = std::function<void(std::uint64_t page, const lmdb::node&)>;

    page_walk(const page_file& file, std::size_t page_bytes, std::uint64_t last_page);

    // Checks every page of the tree and compares what there is with what the record says. entry
    // flags are those that its leaves may have.
    void tree(const std::string& name, const lmdb::tree_record& record, std::uint16_t entry_flags,
              const on_entry& visit);

    // The record's bytes of an entry of the tree under way, wherever they lie.
    void read_data(const lmdb::node& from, std::size_t offset, std::span<std::byte> into) const;

    // Notes an owner of pages first ... first + count - 1.
    void own(std::uint64_t first, std::uint64_t count);
    bool owned(std::uint64_t page) const { return owned_[page]; }

    // What is wrong with a page of the tree under way.
    [[noreturn]] void damaged(std::uint64_t page, const std::string& what) const;

private:
    using bytes_view = std::span<const std::byte>;
    struct key_range {
        std::optional<bytes_view> from;   // included
        std::optional<bytes_view> until;  // not included
    };

    void descend(std::uint64_t page, std::size_t depth, const key_range& keys);
    void branch(std::uint64_t page, std::size_t depth, lmdb::page_view view, const key_range& keys);
    void leaf(std::uint64_t page, lmdb::page_view view, const key_range& keys);
    void overflow(std::uint64_t page, const lmdb::node& n);
    lmdb::page_view read_page(std::uint64_t page, std::span<std::byte> into);
    lmdb::node node_at(std::uint64_t page, lmdb::page_view view, std::size_t i) const;
    bool less(std::uint64_t page, bytes_view a, bytes_view b) const;

    const page_file& file_;
    const std::size_t page_bytes_;
    const std::uint64_t last_page_;
    std::vector<bool> owned_;
    std::vector<std::vector<std::byte>> levels_;  // a page of each, as key_range looks into them

    // The tree under way.
    std::string name_;
    lmdb::tree_record record_;
    lmdb::tree_record met_;
    std::uint16_t entry_flags_ = 0;
    const on_entry* visit_ = nullptr;
};

}  // namespace doseline::storage
