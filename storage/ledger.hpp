#pragma once

#include "core/civil_time.hpp"
#include "core/event.hpp"
#include "core/shortage.hpp"
#include "storage/sha256.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

// The seam. Above it nothing knows what keeps the ledger; below it nothing knows what a record
// means. A replicated store can serve behind it later.
namespace doseline::storage {

// Disk or store failed in a way that leaves the outcome of a write unknown, or the file is not what
// was written. Nothing is retried: the process says why and ends, and recovers from the file.
class fatal_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Two streams are kept side by side and written in one transaction: the ledger, which is replayed,
// and the audit, which is not. Each has its own numbers, from 1 without a gap, and its own chain.
enum class stream : std::uint8_t { events, audit };

// Records of one stream, back to back in one reused buffer.
class record_batch {
public:
    void clear() noexcept;
    // Room for one more record of that many bytes, to be filled before the next call.
    std::span<std::byte> add(std::size_t bytes);
    std::size_t size() const noexcept { return ends_.size(); }
    bool empty() const noexcept { return ends_.empty(); }
    std::span<const std::byte> operator[](std::size_t i) const noexcept;
    std::size_t bytes() const noexcept { return buffer_.size(); }

private:
    std::vector<std::byte> buffer_;
    std::vector<std::size_t> ends_;
};

// Where a stream ends: its last sequence number (0: empty) and the chain's hash there.
struct stream_head {
    core::sequence seq = 0;
    digest hash{};

    friend bool operator==(const stream_head&, const stream_head&) = default;
};

struct stream_heads {
    stream_head events;
    stream_head audit;

    const stream_head& operator[](stream s) const noexcept {
        return s == stream::events ? events : audit;
    }
    friend bool operator==(const stream_heads&, const stream_heads&) = default;
};

// A batch as its writer sealed it.
struct sealed_batch {
    core::instant at;  // the seal's time
    record_batch records;
    stream_head head;  // behind it
};

// What a ledger says of one of its books. Numbers and chains go on over books, so a book is all
// between where the streams stood before it and where they stood before the next. Under no seal:
// recover() holds the open book's against the records, verify() all of them.
struct book_facts {
    std::uint16_t number = 1;
    std::uint16_t year = 0;
    stream_heads before;

    friend bool operator==(const book_facts&, const book_facts&) = default;
};

// Reads records of all books in short transactions of its own, so that a long scan never keeps the
// file from reusing pages. One per thread; any number beside the one writer.
class ledger_reader {
public:
    virtual ~ledger_reader() = default;

    // Of the same ledger, for another thread.
    virtual std::unique_ptr<ledger_reader> another() const = 0;

    // In their order; the last is the open one.
    virtual std::span<const book_facts> books() const = 0;
    const book_facts& book() const { return books().back(); }

    // Where both streams end, as one transaction sees it. Throws fatal_error.
    virtual stream_heads heads() = 0;

    // The record, or false when there is none of that number. Throws fatal_error.
    virtual bool get(stream s, core::sequence seq, std::vector<std::byte>& into) = 0;

    // Calls visit(seq, record) for from, from + 1, ... until it returns false or the stream ends;
    // returns the next number that was not visited. The chain is not checked here.
    using visitor = std::function<bool(core::sequence, std::span<const std::byte>)>;
    virtual core::sequence scan(stream s, core::sequence from, const visitor& visit) = 0;

    // As scan from the record behind after, checking every batch's seal; at each seal calls
    // at_seal(head), where head is what the chain is at that point. Returns the end. Throws
    // fatal_error that names the first sequence number whose batch does not match. While nobody
    // writes to the ledger, a record stays where visit met it for as long as the reader lives.
    using sealed = std::function<void(const stream_head&)>;
    virtual stream_head check_from(stream s, const stream_head& after, const visitor& visit,
                                   const sealed& at_seal) = 0;

    // The batch behind after, copied out and checked against its seal; false at the stream's end.
    // For who takes its time between two batches: no transaction outlives the call, so neither a
    // slow disk nor a reader who went for coffee makes the file grow. Throws as check_from.
    virtual bool next_batch(stream s, const stream_head& after, sealed_batch& into) = 0;

    // All of the open book.
    stream_head check(stream s, const visitor& visit, const sealed& at_seal) {
        return check_from(s, start(s), visit, at_seal);
    }
    stream_head start(stream s) const { return book().before[s]; }

    // From where a check sees every record of that time or later and the end of the batch seq:
    // one batch more than these, so that the seals which led there are themselves checked.
    virtual stream_head before(stream s, core::instant time, core::sequence seq) = 0;
};

class ledger {
public:
    virtual ~ledger() = default;

    // Appends both batches, durable when it returns. One thread, always the same. at is the
    // recording time of the batch. Throws fatal_error; then the process must end.
    virtual void append(const record_batch& events, const record_batch& audit,
                        core::instant at) = 0;

    virtual stream_head head(stream s) const = 0;  // the writer's thread
    virtual core::shortage short_of() const = 0;   // the writer's thread
    virtual std::unique_ptr<ledger_reader> reader() = 0;
};

}  // namespace doseline::storage
