#include "storage/page_check.hpp"

#include "core/limits.hpp"
#include "storage/lmdb_page.hpp"
#include "storage/page_file.hpp"
#include "storage/page_walkers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <thread>
#include <vector>

namespace doseline::storage {

namespace {

using lmdb::meta;
using lmdb::node;
using lmdb::tree_record;

constexpr std::uint32_t lmdb_magic = 0xbeefc0de;
constexpr std::uint32_t lmdb_version = 1;

// What no commit ever changes, so that even a torn meta page has it.
void check_fixed(const page_file& file, std::uint64_t number, std::span<const std::byte> page) {
    const auto require = [&](bool holds, const char* what) {
        if (!holds) {
            file.damaged("page " + std::to_string(number) + " (meta) has a wrong " + what);
        }
    };
    const auto is_zero = [](std::byte b) { return b == std::byte{}; };
    const lmdb::page_view view(page);
    const meta m = meta::decode(page);
    require(view.number() == number, "page number");
    require(std::ranges::all_of(page.subspan(8, 2), is_zero), "padding");
    require(view.kind() == lmdb::meta_page, "page kind");
    require(std::ranges::all_of(page.subspan(12, 4), is_zero), "bound");
    require(m.magic == lmdb_magic, "magic number");
    require(m.version == lmdb_version, "version");
    require(m.address == 0, "map address");
    require(m.map_bytes % page.size() == 0 && m.map_bytes <= core::limits::map_bytes, "map size");
    require(m.free_list.pad == page.size(), "page size");
    require(m.free_list.flags == lmdb::integer_keys, "kind of free list");
    require(m.tables.pad == 0 && m.tables.flags == 0, "kind of table list");
    require(std::ranges::all_of(page.subspan(meta::end), is_zero), "byte behind its end");
}

struct snapshot {
    std::size_t page_bytes = 0;
    meta newest;
};

// Commit n writes meta page n % 2, so the two are always of neighbours; a commit that failed or was
// killed leaves the older one as it was, or torn where the newest never is.
//
// One flip looks like what LMDB itself leaves when the disk refuses a meta page, and is not named
// here: the newest transaction's number two too low, in a file that did not grow since. Then the
// signed anchor tells that a commit is missing.
void check_pair(const page_file& file, const meta& newest, const meta& older,
                std::uint64_t page_of_newest) {
    const auto require = [&](bool holds, const std::string& what) {
        if (!holds) {
            file.damaged("the meta pages " + what);
        }
    };
    const bool initial = newest.transaction == 0 && older.transaction == 0;
    require(initial || (newest.transaction == older.transaction + 1 &&
                        newest.transaction % 2 == page_of_newest),
            "are of transactions " + std::to_string(older.transaction) + " and " +
                std::to_string(newest.transaction) + ", which cannot follow one another");
    // The map is grown by changing the limit alone; the older page then has the size before.
    require(newest.map_bytes == older.map_bytes ||
                (newest.map_bytes == core::limits::map_bytes && older.map_bytes < newest.map_bytes),
            "have map sizes " + std::to_string(older.map_bytes) + " and " +
                std::to_string(newest.map_bytes));
    require(older.last_page <= newest.last_page,
            "have last pages " + std::to_string(older.last_page) + " and then " +
                std::to_string(newest.last_page));
}

snapshot read_metas(const page_file& file) {
    snapshot s;
    std::array<std::byte, meta::end> head;
    if (file.size() < lmdb::meta_pages * lmdb::page_bytes_min) {
        file.damaged("it has " + std::to_string(file.size()) + " bytes, too few for a ledger");
    }
    file.read(0, head);
    s.page_bytes = meta::decode(head).free_list.pad;
    if (!std::has_single_bit(s.page_bytes) || s.page_bytes < lmdb::page_bytes_min ||
        s.page_bytes > lmdb::page_bytes_max || file.size() < lmdb::meta_pages * s.page_bytes) {
        file.damaged("page 0 (meta) has a wrong page size");
    }
    std::vector<std::byte> pages(lmdb::meta_pages * s.page_bytes);
    file.read(0, pages);
    std::array<meta, lmdb::meta_pages> metas;
    for (std::size_t i = 0; i < metas.size(); ++i) {
        const auto page = std::span(pages).subspan(i * s.page_bytes, s.page_bytes);
        check_fixed(file, i, page);
        metas[i] = meta::decode(page);
    }
    const std::size_t newest = metas[0].transaction < metas[1].transaction ? 1 : 0;
    s.newest = metas[newest];
    check_pair(file, s.newest, metas[1 - newest], newest);
    if (s.newest.last_page < lmdb::meta_pages - 1 ||
        s.newest.last_page >= s.newest.map_bytes / s.page_bytes) {
        file.damaged("the newest meta page has a wrong last page: " +
                     std::to_string(s.newest.last_page));
    }
    return s;
}

// A list of free pages: their count, then their numbers from the highest down.
void check_free_pages(page_walk& walk, std::uint64_t page, const node& n) {
    std::array<std::byte, 512 * 8> chunk;
    const auto read_numbers = [&](std::uint64_t from, std::uint64_t count) {
        const auto into = std::span(chunk).first(count * 8);
        walk.read_data(n, from * 8, into);
        return std::span<const std::byte>(into);
    };
    const std::uint64_t numbers = n.data_bytes / 8;
    if (numbers == 0 || n.data_bytes % 8 != 0) {
        walk.damaged(page, "has a list of impossible size");
    }
    const std::uint64_t count = lmdb::number_at<8>(read_numbers(0, 1), 0);
    // Room that was kept and not needed may follow.
    if (count > numbers - 1) {
        walk.damaged(page, "has a list of " + std::to_string(count) + " pages in room for " +
                               std::to_string(numbers - 1));
    }
    std::uint64_t above = lmdb::no_page;
    for (std::uint64_t from = 1; from <= count; from += chunk.size() / 8) {
        const std::uint64_t some = std::min<std::uint64_t>(chunk.size() / 8, count + 1 - from);
        const auto read = read_numbers(from, some);
        for (std::uint64_t i = 0; i < some; ++i) {
            const std::uint64_t free = lmdb::number_at<8>(read, i * 8);
            if (free >= above) {
                walk.damaged(page, "has a list out of order");
            }
            walk.own(free, 1);
            above = free;
        }
    }
}

void check_free_list(const meta& newest, walked_file& in) {
    page_walk walk(in);
    std::uint64_t last = 0;
    walk.tree("free list", newest.free_list, lmdb::node_overflows,
              [&](std::uint64_t page, const node& n) {
                  if (n.key.size() != sizeof last) {
                      walk.damaged(page, "has a key of a wrong size");
                  }
                  last = lmdb::number_at<8>(n.key, 0);
                  check_free_pages(walk, page, n);
              });
    // Each commit but the first replaces pages, and lists them under its own number: a meta page
    // whose number was changed gives itself away.
    if (newest.transaction > 1 ? last != newest.transaction : last > newest.transaction) {
        in.file.damaged("the newest meta page is of transaction " +
                        std::to_string(newest.transaction) + " but its free list ends at " +
                        std::to_string(last));
    }
}

std::string printable(std::span<const std::byte> name) {
    std::string text;
    for (const std::byte b : name.first(std::min<std::size_t>(name.size(), 40))) {
        const char c = static_cast<char>(b);
        text += c > ' ' && c <= '~' ? c : '?';
    }
    return text;
}

void check_tables(const meta& newest, walked_file& in) {
    std::vector<named_tree> tables;
    page_walk walk(in);
    walk.tree("list of tables", newest.tables, lmdb::node_is_tree,
              [&](std::uint64_t page, const node& n) {
                  if (n.flags != lmdb::node_is_tree || n.data_bytes != lmdb::tree_record_bytes) {
                      walk.damaged(page, "has an entry that is no table");
                  }
                  const tree_record record = tree_record::decode(n.data);
                  if (record.pad != 0 || (record.flags & ~lmdb::integer_keys) != 0) {
                      walk.damaged(page, "has a table of unknown kind");
                  }
                  tables.push_back({"table " + printable(n.key), record});
              });
    walk_together(in, tables, lmdb::node_overflows);
}

}  // namespace

void check_pages(const std::filesystem::path& ledger_dir) {
    const page_file file(ledger_dir / "data.mdb");
    const std::jthread ahead([&](const std::stop_token& stop) { file.read_ahead(stop); });
    const snapshot s = read_metas(file);
    walked_file walked(file, s.page_bytes, s.newest.last_page);
    check_free_list(s.newest, walked);
    check_tables(s.newest, walked);
    // Of the pages that no tree uses, the free list names each one.
    if (s.newest.last_page >= lmdb::meta_pages && !walked.owners.taken(s.newest.last_page)) {
        file.damaged("page " + std::to_string(s.newest.last_page) +
                     ", the last one, belongs to nothing");
    }
}

}  // namespace doseline::storage
