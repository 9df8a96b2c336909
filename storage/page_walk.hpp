#pragma once

#include "storage/lmdb_page.hpp"
#include "storage/page_file.hpp"
#include "storage/page_owners.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace doseline::storage {

// The file of one snapshot, and which of its pages were met so far. Walks on several threads share
// it.
struct walked_file {
    walked_file(const page_file& of, std::size_t bytes_of_a_page, std::uint64_t last)
        : file(of), page_bytes(bytes_of_a_page), last_page(last), owners(last + 1) {}

    const page_file& file;
    const std::size_t page_bytes;
    const std::uint64_t last_page;
    page_owners owners;
};

// Goes through the trees of one snapshot and notes which page belongs to whom: none may have two
// owners. Failures throw fatal_error that names file, page and tree.
//
// Thread safety: one thread; any number of walks beside one another, in one walked_file.
class page_walk {
public:
    // Called for each entry of a leaf, in the order of the keys. The node is valid for the call.
    using on_entry = std::function<void(std::uint64_t page, const lmdb::node&)>;

    explicit page_walk(walked_file& in);

    // Checks every page of the tree and compares what there is with what the record says. entry
    // flags are those that its leaves may have.
    void tree(const std::string& name, const lmdb::tree_record& record, std::uint16_t entry_flags,
              const on_entry& visit);

    // The same in parts, for walks that share the work: what lies below each of the root's entries,
    // with its keys from ... until. A root that is a leaf is walked at once and has no parts.
    using bytes_view = std::span<const std::byte>;
    struct key_range {
        std::optional<bytes_view> from;   // included
        std::optional<bytes_view> until;  // not included
    };
    struct part {
        std::uint64_t page = 0;
        key_range keys;  // in the root's bytes
    };
    void enter(const std::string& name, const lmdb::tree_record& record, std::uint16_t entry_flags);
    std::vector<part> root(std::span<std::byte> bytes);  // page_bytes, which the parts look into
    void below_root(const part& p) { descend(p.page, 2, p.keys); }
    const lmdb::tree_record& met() const noexcept { return met_; }  // since enter()
    // met: of all walks together.
    void compare(const lmdb::tree_record& met) const;

    // The record's bytes of an entry of the tree under way, wherever they lie.
    void read_data(const lmdb::node& from, std::size_t offset, std::span<std::byte> into) const;

    // Notes an owner of pages first ... first + count - 1.
    void own(std::uint64_t first, std::uint64_t count);

    // What is wrong with a page of the tree under way.
    [[noreturn]] void damaged(std::uint64_t page, const std::string& what) const;

private:
    void descend(std::uint64_t page, std::size_t depth, const key_range& keys);
    lmdb::page_view read_tree_page(std::uint64_t page, std::size_t depth,
                                   std::span<std::byte> into);
    template <class Below>
    void branch(std::uint64_t page, lmdb::page_view view, const key_range& keys,
                const Below& below);
    void leaf(std::uint64_t page, lmdb::page_view view, const key_range& keys);
    void overflow(std::uint64_t page, const lmdb::node& n);
    lmdb::page_view read_page(std::uint64_t page, std::span<std::byte> into);
    lmdb::node node_at(std::uint64_t page, lmdb::page_view view, std::size_t i) const;
    bool less(std::uint64_t page, bytes_view a, bytes_view b) const;

    walked_file& in_;
    std::vector<std::vector<std::byte>> levels_;  // a page of each, as key_range looks into them

    // The tree under way.
    std::string name_;
    lmdb::tree_record record_;
    lmdb::tree_record met_;
    std::uint16_t entry_flags_ = 0;
    const on_entry* visit_ = nullptr;  // null: nobody wants to know
};

}  // namespace doseline::storage
