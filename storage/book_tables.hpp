#pragma once

#include "storage/ledger.hpp"
#include "storage/lmdb.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

// How the streams lie in LMDB: each book has two tables of integer keys, one a stream. Twice the
// sequence number is the key of a record, one more that of the seal behind the last record of a
// batch. So a batch is one run at the end of one tree, and costs as few pages as it can.
namespace doseline::storage {

constexpr std::uint64_t record_key(core::sequence seq) noexcept { return seq * 2; }
constexpr std::uint64_t seal_key(core::sequence last) noexcept { return last * 2 + 1; }
constexpr bool is_seal(std::uint64_t key) noexcept { return key % 2 != 0; }

struct book_tables {
    book_facts facts;
    std::array<lmdb::table, 2> tables{};

    lmdb::table of(stream s) const noexcept { return tables[static_cast<std::size_t>(s)]; }
};

struct ledger_tables {
    lmdb::table meta = 0;
    std::vector<book_tables> books;  // in their order, the last is the open one
};

// The last event that there is for anybody, while others are staged behind it; nothing while none
// are. The audit is never staged.
std::optional<stream_head> seen_until(const lmdb::transaction& txn, const ledger_tables& tables,
                                      stream s);
void put_seen_until(lmdb::transaction& txn, const ledger_tables& tables, const stream_head& last);
void see_all(lmdb::transaction& txn, const ledger_tables& tables);  // REQUIRES: some are staged

// Those that a book has. A missing one is damage and is never made: throws fatal_error.
book_tables open_tables(lmdb::transaction& txn, const book_facts& facts);
// For a new book. A draft that was given up may have left some. REQUIRES: the access is write.
book_tables make_tables(lmdb::transaction& txn, const book_facts& facts);

// Where a stream ends, without what is staged. Throws fatal_error. REQUIRES: there is a book.
stream_head read_head(const lmdb::transaction& txn, const ledger_tables& tables, stream s);

[[noreturn]] void damaged_stream(stream s, core::sequence seq, const std::string& what);

// Goes through a stream as if all its books were one table, and as if nothing were staged. The
// newest book that begins before a number is the one that has it.
class stream_cursor {
public:
    // REQUIRES: transaction and tables outlive it.
    stream_cursor(const lmdb::transaction& in, const ledger_tables& tables, stream s);

    std::optional<lmdb::cursor::entry> first_from(std::uint64_t key);
    std::optional<lmdb::cursor::entry> next();
    std::optional<lmdb::cursor::entry> last();
    std::optional<lmdb::cursor::entry> previous();

private:
    lmdb::cursor& enter(std::size_t book);
    std::optional<lmdb::cursor::entry> or_later(std::optional<lmdb::cursor::entry> e);
    std::optional<lmdb::cursor::entry> or_earlier(std::optional<lmdb::cursor::entry> e);
    std::optional<lmdb::cursor::entry> if_seen(std::optional<lmdb::cursor::entry> e) const;

    const lmdb::transaction& in_;
    const std::span<const book_tables> books_;
    const stream stream_;
    const std::optional<stream_head> seen_until_;
    std::size_t book_ = 0;
    std::optional<lmdb::cursor> at_;  // in the table of that book
};

// Which book has a record of that number, or will have it. REQUIRES: there is a book.
std::size_t book_with(std::span<const book_tables> books, stream s, core::sequence seq) noexcept;

}  // namespace doseline::storage
