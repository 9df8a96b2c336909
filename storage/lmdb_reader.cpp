#include "storage/lmdb_reader.hpp"

#include <algorithm>

namespace doseline::storage {

namespace {

// Reads on in transactions of this many records, so that no scan keeps old pages alive for long.
constexpr std::size_t records_per_transaction = 50'000;

}  // namespace

lmdb_reader::lmdb_reader(const lmdb::environment& env, ledger_tables tables)
    : env_(env), tables_(std::move(tables)) {
    for (const book_tables& book : tables_.books) {
        facts_.push_back(book.facts);
    }
}

stream_heads lmdb_reader::heads() {
    const lmdb::transaction txn(env_, lmdb::access::read);
    return {read_head(txn, tables_, stream::events), read_head(txn, tables_, stream::audit)};
}

bool lmdb_reader::get(stream s, core::sequence seq, std::vector<std::byte>& into) {
    const lmdb::transaction txn(env_, lmdb::access::read);
    if (const auto last = seen_until(txn, tables_, s); last && seq > last->seq) {
        return false;
    }
    const std::size_t book = book_with(tables_.books, s, seq);
    const auto found = txn.get(tables_.books[book].of(s), record_key(seq));
    if (found) {
        into.assign(found->begin(), found->end());
    }
    return found.has_value();
}

core::sequence lmdb_reader::scan(stream s, core::sequence from, const visitor& visit) {
    bool more = true;
    while (more) {
        const lmdb::transaction txn(env_, lmdb::access::read);
        stream_cursor at(txn, tables_, s);
        more = false;
        std::size_t records = 0;
        for (auto e = at.first_from(record_key(from)); e; e = at.next()) {
            if (is_seal(e->key)) {
                continue;
            }
            if (e->key != record_key(from)) {
                damaged_stream(s, from, "it is missing");
            }
            if (++records > records_per_transaction) {
                more = true;
                break;
            }
            if (!visit(from, e->value)) {
                return from;
            }
            ++from;
        }
    }
    return from;
}

stream_head lmdb_reader::before(stream s, core::instant time, core::sequence seq) {
    const lmdb::transaction txn(env_, lmdb::access::read);
    stream_cursor at(txn, tables_, s);
    const stream_head& start = tables_.books.front().facts.before[s];
    bool passed = false;  // a batch that is older than all that is asked for
    auto e = at.last();
    core::sequence last = e ? e->key / 2 : start.seq;
    while (last > start.seq) {
        seal found;
        if (!e || e->key != seal_key(last) || !seal::decode(e->value, found) ||
            found.first <= start.seq || found.first > last) {
            damaged_stream(s, last, "the seal of its batch is not one");
        }
        if (passed) {
            return {last, found.hash};
        }
        passed = found.at < time && last < seq;
        last = found.first - 1;
        e = at.first_from(seal_key(last));  // over its records
    }
    return start;
}

stream_head lmdb_reader::check_from(stream s, const stream_head& after, const visitor& visit,
                                    const sealed& at_seal) {
    stream_head head = after;
    bool more = true;
    while (more) {
        more = check_some(s, head, visit, at_seal);
    }
    return head;
}

bool lmdb_reader::next_batch(stream s, const stream_head& after, sealed_batch& into) {
    const lmdb::transaction txn(env_, lmdb::access::read);
    stream_cursor at(txn, tables_, s);
    auto e = at.first_from(record_key(after.seq + 1));
    into.head = after;
    if (!read_batch(s, at, e, into.head)) {
        return false;
    }
    into.at = seal_time_;
    into.records.clear();
    for (const auto record : batch_) {
        std::copy(record.begin(), record.end(), into.records.add(record.size()).begin());
    }
    return true;
}

bool lmdb_reader::check_some(stream s, stream_head& head, const visitor& visit,
                             const sealed& at_seal) {
    const lmdb::transaction txn(env_, lmdb::access::read);
    stream_cursor at(txn, tables_, s);
    std::size_t records = 0;
    auto e = at.first_from(record_key(head.seq + 1));
    while (read_batch(s, at, e, head)) {
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            visit(head.seq - batch_.size() + 1 + i, batch_[i]);
        }
        at_seal(head);
        records += batch_.size();
        if (records >= records_per_transaction) {
            return true;
        }
    }
    return false;
}

bool lmdb_reader::read_batch(stream s, stream_cursor& at, std::optional<lmdb::cursor::entry>& e,
                             stream_head& head) {
    batch_.clear();
    for (; e; e = at.next()) {
        const core::sequence last = head.seq + batch_.size();
        if (!is_seal(e->key)) {
            if (e->key != record_key(last + 1)) {
                damaged_stream(s, last + 1, "it is missing");
            }
            batch_.push_back(e->value);
            continue;
        }
        if (e->key != seal_key(last) || batch_.empty()) {
            damaged_stream(s, last, "a seal stands in the wrong place");
        }
        seal_time_ = check_seal(s, e->value, head);
        e = at.next();
        return true;
    }
    if (!batch_.empty()) {
        damaged_stream(s, head.seq + batch_.size(), "its batch has no seal");
    }
    return false;
}

core::instant lmdb_reader::check_seal(stream s, std::span<const std::byte> value,
                                      stream_head& head) {
    seal found;
    if (!seal::decode(value, found) || found.count != batch_.size() ||
        found.first != head.seq + 1) {
        damaged_stream(s, head.seq + batch_.size(), "the seal of its batch is not one");
    }
    link_.begin(head.hash, found.count, found.first, found.at);
    for (const auto record : batch_) {
        link_.record(record);
    }
    if (link_.end() != found.hash) {
        damaged_stream(s, head.seq + 1,
                       "the batch up to " + std::to_string(head.seq + batch_.size()) +
                           " does not match its seal");
    }
    head = {head.seq + batch_.size(), found.hash};
    return found.at;
}

}  // namespace doseline::storage
