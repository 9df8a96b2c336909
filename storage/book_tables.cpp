#include "storage/book_tables.hpp"

#include "storage/chain.hpp"
#include "storage/field_codec.hpp"

namespace doseline::storage {

namespace {

using entry = lmdb::cursor::entry;

constexpr std::string_view staged = "staged";

std::string table_name(std::uint16_t book, stream s) {
    return "book." + std::to_string(book) + (s == stream::events ? ".events" : ".audit");
}

}  // namespace

void damaged_stream(stream s, core::sequence seq, const std::string& what) {
    throw fatal_error(std::string("the ") + (s == stream::events ? "ledger" : "audit") +
                      " is damaged at record " + std::to_string(seq) + ": " + what +
                      "; nothing is served: restore a backup");
}

book_tables open_tables(lmdb::transaction& txn, const book_facts& facts) {
    book_tables book{facts, {}};
    for (const stream s : {stream::events, stream::audit}) {
        const std::string name = table_name(facts.number, s);
        const auto t = txn.open_table(name, true);
        if (!t) {
            throw fatal_error("the ledger has no table " + name +
                              ": nothing is served; restore a backup");
        }
        book.tables[static_cast<std::size_t>(s)] = *t;
    }
    return book;
}

book_tables make_tables(lmdb::transaction& txn, const book_facts& facts) {
    book_tables book{facts, {}};
    for (const stream s : {stream::events, stream::audit}) {
        book.tables[static_cast<std::size_t>(s)] =
            txn.make_table(table_name(facts.number, s), true);
    }
    return book;
}

std::optional<stream_head> seen_until(const lmdb::transaction& txn, const ledger_tables& tables,
                                      stream s) {
    const auto found = s == stream::events ? txn.get(tables.meta, staged) : std::nullopt;
    if (!found) {
        return std::nullopt;
    }
    field_reader r(*found);
    stream_head last;
    last.seq = r.u64();
    r.bytes(last.hash);
    if (!r.complete()) {
        throw fatal_error(
            "the ledger does not know behind what its rows are staged: restore a "
            "backup");
    }
    return last;
}

void put_seen_until(lmdb::transaction& txn, const ledger_tables& tables, const stream_head& last) {
    std::array<std::byte, 8 + sizeof(digest)> bytes;
    field_writer w(bytes);
    w.u64(last.seq);
    w.bytes(last.hash);
    txn.put(tables.meta, staged, bytes);
}

void see_all(lmdb::transaction& txn, const ledger_tables& tables) {
    txn.erase(tables.meta, staged);
}

stream_head read_head(const lmdb::transaction& txn, const ledger_tables& tables, stream s) {
    const auto last = stream_cursor(txn, tables, s).last();
    if (!last) {
        return tables.books.front().facts.before[s];
    }
    seal found;
    if (!is_seal(last->key) || !seal::decode(last->value, found)) {
        damaged_stream(s, last->key / 2, "its batch has no seal");
    }
    // Tables are made for as many events as this number says, before any seal was held against it.
    if (found.first <= tables.books.front().facts.before[s].seq ||
        found.first + found.count - 1 != last->key / 2) {
        damaged_stream(s, last->key / 2, "the seal of its batch is not one");
    }
    return {last->key / 2, found.hash};
}

std::size_t book_with(std::span<const book_tables> books, stream s, core::sequence seq) noexcept {
    std::size_t book = books.size() - 1;
    while (book > 0 && books[book].facts.before[s].seq >= seq) {
        --book;
    }
    return book;
}

stream_cursor::stream_cursor(const lmdb::transaction& in, const ledger_tables& tables, stream s)
    : in_(in), books_(tables.books), stream_(s), seen_until_(seen_until(in, tables, s)) {}

lmdb::cursor& stream_cursor::enter(std::size_t book) {
    if (!at_ || book_ != book) {
        book_ = book;
        at_.emplace(in_, books_[book].of(stream_));
    }
    return *at_;
}

std::optional<entry> stream_cursor::first_from(std::uint64_t key) {
    return if_seen(or_later(enter(book_with(books_, stream_, key / 2)).first_from(key)));
}

std::optional<entry> stream_cursor::next() { return if_seen(or_later(at_->next())); }

std::optional<entry> stream_cursor::last() {
    return seen_until_ ? first_from(seal_key(seen_until_->seq))
                       : or_earlier(enter(books_.size() - 1).last());
}

std::optional<entry> stream_cursor::previous() { return or_earlier(at_->previous()); }

std::optional<entry> stream_cursor::if_seen(std::optional<entry> e) const {
    return e && seen_until_ && e->key > seal_key(seen_until_->seq) ? std::nullopt : e;
}

std::optional<entry> stream_cursor::or_later(std::optional<entry> e) {
    while (!e && book_ + 1 < books_.size()) {
        e = enter(book_ + 1).first_from(0);
    }
    return e;
}

std::optional<entry> stream_cursor::or_earlier(std::optional<entry> e) {
    while (!e && book_ > 0) {
        e = enter(book_ - 1).last();
    }
    return e;
}

}  // namespace doseline::storage
