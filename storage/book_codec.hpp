#pragma once

#include "storage/field_codec.hpp"
#include "storage/ledger.hpp"

// What is known of a book, as bytes: in the ledger and in a backup.
namespace doseline::storage {

inline constexpr std::size_t book_facts_bytes = 2 + 2 + 2 * (8 + sizeof(digest));

inline void write(const book_facts& book, field_writer& w) {
    w.u16(book.number);
    w.u16(book.year);
    for (const stream s : {stream::events, stream::audit}) {
        w.u64(book.before[s].seq);
        w.bytes(book.before[s].hash);
    }
}

inline book_facts read_book_facts(field_reader& r) noexcept {
    book_facts book;
    book.number = r.u16();
    book.year = r.u16();
    for (stream_head* head : {&book.before.events, &book.before.audit}) {
        head->seq = r.u64();
        r.bytes(head->hash);
    }
    return book;
}

}  // namespace doseline::storage
