#include "storage/page_walk.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace doseline::storage {

using lmdb::node;
using lmdb::page_view;
using lmdb::tree_record;

page_walk::page_walk(const page_file& file, std::size_t page_bytes, std::uint64_t last_page)
    : file_(file), page_bytes_(page_bytes), last_page_(last_page), owned_(last_page + 1),
      levels_(lmdb::depth_max, std::vector<std::byte>(page_bytes)) {}

void page_walk::damaged(std::uint64_t page, const std::string& what) const {
    file_.damaged("page " + std::to_string(page) + " (" + name_ + ") " + what);
}

void page_walk::tree(const std::string& name, const tree_record& record, std::uint16_t entry_flags,
                     const on_entry& visit) {
    name_ = name;
    record_ = record;
    met_ = {};
    entry_flags_ = entry_flags;
    visit_ = &visit;
    if (record.root == lmdb::no_page) {
        if (record.depth != 0) {
            file_.damaged(name_ + " has no root but a depth of " + std::to_string(record.depth));
        }
    } else {
        if (record.depth == 0 || record.depth > lmdb::depth_max) {
            file_.damaged(name_ + " has a depth of " + std::to_string(record.depth));
        }
        descend(record.root, 1, {});
    }
    struct figure {
        const char* what;
        std::uint64_t recorded;
        std::uint64_t met;
    };
    for (const figure& f : {figure{"branch pages", record.branch_pages, met_.branch_pages},
                            figure{"leaf pages", record.leaf_pages, met_.leaf_pages},
                            figure{"overflow pages", record.overflow_pages, met_.overflow_pages},
                            figure{"entries", record.entries, met_.entries}}) {
        if (f.recorded != f.met) {
            file_.damaged(name_ + " should have " + std::to_string(f.recorded) + " " + f.what +
                          " and has " + std::to_string(f.met));
        }
    }
}

void page_walk::own(std::uint64_t first, std::uint64_t count) {
    if (first < lmdb::meta_pages || first > last_page_ || count > last_page_ - first + 1) {
        damaged(first, "is named, but pages go from 2 to " + std::to_string(last_page_));
    }
    for (std::uint64_t page = first; page < first + count; ++page) {
        if (owned_[page]) {
            damaged(page, "has an owner already");
        }
        owned_[page] = true;
    }
}

page_view page_walk::read_page(std::uint64_t page, std::span<std::byte> into) {
    own(page, 1);
    if ((page + 1) * page_bytes_ > file_.size()) {
        damaged(page, "is missing: the file ends at byte " + std::to_string(file_.size()));
    }
    file_.read(page * page_bytes_, into);
    const page_view view(into);
    if (view.number() != page) {
        damaged(page, "says that it is page " + std::to_string(view.number()));
    }
    return view;
}

void page_walk::descend(std::uint64_t page, std::size_t depth, const key_range& keys) {
    const page_view view = read_page(page, levels_[depth - 1]);
    const bool is_leaf = depth == record_.depth;
    if (view.kind() != (is_leaf ? lmdb::leaf_page : lmdb::branch_page)) {
        damaged(page, std::string("is not a ") + (is_leaf ? "leaf" : "branch") + " page: kind " +
                          std::to_string(view.kind()));
    }
    if (!view.has_possible_bounds() || view.nodes() == 0) {
        damaged(page, "has impossible bounds");
    }
    if (is_leaf) {
        leaf(page, view, keys);
    } else {
        branch(page, depth, view, keys);
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

void page_walk::branch(std::uint64_t page, std::size_t depth, page_view view,
                       const key_range& keys) {
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
        descend(n.page, depth + 1, child);
    }
    if (used != page_bytes_ - view.upper()) {
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
        (*visit_)(page, n);
    }
    if (used != page_bytes_ - view.upper()) {
        damaged(page, "has entries that do not fill it");
    }
}

void page_walk::overflow(std::uint64_t page, const node& n) {
    const std::uint64_t needed =
        (lmdb::page_header_bytes + n.data_bytes + page_bytes_ - 1) / page_bytes_;
    if (n.page < lmdb::meta_pages || n.page > last_page_ ||
        (n.page + needed) * page_bytes_ > file_.size()) {
        damaged(page, "has a record in page " + std::to_string(n.page) +
                          ", which is not within the file");
    }
    std::array<std::byte, lmdb::page_bytes_min> first;
    file_.read(n.page * page_bytes_, first);
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
        file_.read(from.page * page_bytes_ + lmdb::page_header_bytes + offset, into);
    } else {
        std::ranges::copy(from.data.subspan(offset, into.size()), into.begin());
    }
}

}  // namespace doseline::storage
