#include "storage/page_walk.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace doseline::storage {

using lmdb::node;
using lmdb::page_view;
using lmdb::tree_record;

page_walk::page_walk(walked_file& in)
    : in_(in), levels_(lmdb::depth_max, std::vector<std::byte>(in.page_bytes)) {}

void page_walk::damaged(std::uint64_t page, const std::string& what) const {
    in_.file.damaged("page " + std::to_string(page) + " (" + name_ + ") " + what);
}

void page_walk::tree(const std::string& name, const tree_record& record, std::uint16_t entry_flags,
                     const on_entry& visit) {
    enter(name, record, entry_flags);
    visit_ = &visit;
    if (record.root != lmdb::no_page) {
        descend(record.root, 1, {});
    }
    compare(met_);
}

void page_walk::enter(const std::string& name, const tree_record& record,
                      std::uint16_t entry_flags) {
    name_ = name;
    record_ = record;
    met_ = {};
    entry_flags_ = entry_flags;
    visit_ = nullptr;
    const bool is_empty = record.root == lmdb::no_page;
    if (is_empty && record.depth != 0) {
        in_.file.damaged(name_ + " has no root but a depth of " + std::to_string(record.depth));
    }
    if (!is_empty && (record.depth == 0 || record.depth > lmdb::depth_max)) {
        in_.file.damaged(name_ + " has a depth of " + std::to_string(record.depth));
    }
}

std::vector<page_walk::part> page_walk::root(std::span<std::byte> bytes) {
    std::vector<part> parts;
    if (record_.root == lmdb::no_page) {
        return parts;
    }
    const page_view view = read_tree_page(record_.root, 1, bytes);
    if (record_.depth == 1) {
        leaf(record_.root, view, {});
    } else {
        branch(record_.root, view, {}, [&](std::uint64_t page, const key_range& keys) {
            parts.push_back({page, keys});
        });
    }
    return parts;
}

void page_walk::compare(const tree_record& met) const {
    struct figure {
        const char* what;
        std::uint64_t recorded;
        std::uint64_t met;
    };
    for (const figure& f : {figure{"branch pages", record_.branch_pages, met.branch_pages},
                            figure{"leaf pages", record_.leaf_pages, met.leaf_pages},
                            figure{"overflow pages", record_.overflow_pages, met.overflow_pages},
                            figure{"entries", record_.entries, met.entries}}) {
        if (f.recorded != f.met) {
            in_.file.damaged(name_ + " should have " + std::to_string(f.recorded) + " " + f.what +
                             " and has " + std::to_string(f.met));
        }
    }
}

void page_walk::own(std::uint64_t first, std::uint64_t count) {
    if (first < lmdb::meta_pages || first > in_.last_page || count > in_.last_page - first + 1) {
        damaged(first, "is named, but pages go from 2 to " + std::to_string(in_.last_page));
    }
    for (std::uint64_t page = first; page < first + count; ++page) {
        if (!in_.owners.take(page)) {
            damaged(page, "has an owner already");
        }
    }
}

page_view page_walk::read_page(std::uint64_t page, std::span<std::byte> into) {
    own(page, 1);
    if ((page + 1) * in_.page_bytes > in_.file.size()) {
        damaged(page, "is missing: the file ends at byte " + std::to_string(in_.file.size()));
    }
    in_.file.read(page * in_.page_bytes, into);
    const page_view view(into);
    if (view.number() != page) {
        damaged(page, "says that it is page " + std::to_string(view.number()));
    }
    return view;
}

page_view page_walk::read_tree_page(std::uint64_t page, std::size_t depth,
                                    std::span<std::byte> into) {
    const page_view view = read_page(page, into);
    const bool is_leaf = depth == record_.depth;
    if (view.kind() != (is_leaf ? lmdb::leaf_page : lmdb::branch_page)) {
        damaged(page, std::string("is not a ") + (is_leaf ? "leaf" : "branch") + " page: kind " +
                          std::to_string(view.kind()));
    }
    if (!view.has_possible_bounds() || view.nodes() == 0) {
        damaged(page, "has impossible bounds");
    }
    return view;
}

void page_walk::descend(std::uint64_t page, std::size_t depth, const key_range& keys) {
    const page_view view = read_tree_page(page, depth, levels_[depth - 1]);
    if (depth == record_.depth) {
        leaf(page, view, keys);
    } else {
        branch(page, view, keys, [&](std::uint64_t child, const key_range& its_keys) {
            descend(child, depth + 1, its_keys);
        });
    }
}

node page_walk::node_at(std::uint64_t page, page_view view, std::size_t i) const {
    const auto n = view.at(i);
    if (!n) {
        damaged(page, "has entry " + std::to_string(i) + " outside its bounds");
    }
    return *n;
}

bool page_walk::less(std::uint64_t page, bytes_view a, bytes_view b) const {
    if ((record_.flags & lmdb::integer_keys) != 0) {
        if (a.size() != sizeof(std::uint64_t) || b.size() != sizeof(std::uint64_t)) {
            damaged(page, "has a key of a wrong size");
        }
        return lmdb::number_at<8>(a, 0) < lmdb::number_at<8>(b, 0);
    }
    return std::ranges::lexicographical_compare(a, b);
}

template <class Below>
void page_walk::branch(std::uint64_t page, page_view view, const key_range& keys,
                       const Below& below) {
    ++met_.branch_pages;
    std::size_t used = 0;
    for (std::size_t i = 0; i < view.nodes(); ++i) {
        const node n = node_at(page, view, i);
        used += n.bytes + n.bytes % 2;
        // The first key stands for whatever is below the second one and has no meaning itself.
        key_range child{i == 0 ? keys.from : n.key, keys.until};
        if (i + 1 < view.nodes()) {
            child.until = node_at(page, view, i + 1).key;
        }
        if (child.from && child.until && !less(page, *child.from, *child.until)) {
            damaged(page, "has keys out of order at entry " + std::to_string(i));
        }
        below(n.page, child);
    }
    if (used != in_.page_bytes - view.upper()) {
        damaged(page, "has entries that do not fill it");
    }
}

void page_walk::leaf(std::uint64_t page, page_view view, const key_range& keys) {
    ++met_.leaf_pages;
    std::size_t used = 0;
    std::optional<bytes_view> before;
    for (std::size_t i = 0; i < view.nodes(); ++i) {
        const node n = node_at(page, view, i);
        used += n.bytes + n.bytes % 2;
        const bool in_order =
            before ? less(page, *before, n.key) : !keys.from || !less(page, n.key, *keys.from);
        if (!in_order || (keys.until && !less(page, n.key, *keys.until))) {
            damaged(page, "has keys out of order at entry " + std::to_string(i));
        }
        before = n.key;
        if ((n.flags & ~entry_flags_) != 0) {
            damaged(page, "has entry " + std::to_string(i) + " of unknown kind " +
                              std::to_string(n.flags));
        }
        if (page_view::overflows(n)) {
            overflow(page, n);
        }
        ++met_.entries;
        if (visit_ != nullptr) {
            (*visit_)(page, n);
        }
    }
    if (used != in_.page_bytes - view.upper()) {
        damaged(page, "has entries that do not fill it");
    }
}

void page_walk::overflow(std::uint64_t page, const node& n) {
    const std::uint64_t needed =
        (lmdb::page_header_bytes + n.data_bytes + in_.page_bytes - 1) / in_.page_bytes;
    if (n.page < lmdb::meta_pages || n.page > in_.last_page ||
        (n.page + needed) * in_.page_bytes > in_.file.size()) {
        damaged(page, "has a record in page " + std::to_string(n.page) +
                          ", which is not within the file");
    }
    std::array<std::byte, lmdb::page_bytes_min> first;
    in_.file.read(n.page * in_.page_bytes, first);
    const page_view view(first);
    if (view.number() != n.page || view.kind() != lmdb::overflow_page) {
        damaged(n.page, "is not the overflow page that page " + std::to_string(page) + " names");
    }
    // A shorter record may have been written over a longer one.
    if (view.overflow_count() < needed) {
        damaged(n.page, "says that " + std::to_string(view.overflow_count()) +
                            " pages hold a record that needs " + std::to_string(needed));
    }
    own(n.page, view.overflow_count());
    met_.overflow_pages += view.overflow_count();
}

void page_walk::read_data(const node& from, std::size_t offset, std::span<std::byte> into) const {
    if (page_view::overflows(from)) {
        in_.file.read(from.page * in_.page_bytes + lmdb::page_header_bytes + offset, into);
    } else {
        std::ranges::copy(from.data.subspan(offset, into.size()), into.begin());
    }
}

}  // namespace doseline::storage
