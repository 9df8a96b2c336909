#include "storage/lmdb_ledger.hpp"

#include "core/limits.hpp"
#include "storage/directory_lock.hpp"
#include "storage/field_codec.hpp"
#include "storage/openssl.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace doseline::storage {

namespace {

constexpr std::string_view magic = "doseline";
constexpr std::size_t facts_bytes = 8 + 4 + 2 + 2 + 16;

constexpr std::uint64_t record_key(core::sequence seq) noexcept { return seq * 2; }
constexpr std::uint64_t seal_key(core::sequence last) noexcept { return last * 2 + 1; }
constexpr bool is_seal(std::uint64_t key) noexcept { return key % 2 != 0; }

std::string table_name(std::uint16_t book, stream s) {
    return "book." + std::to_string(book) + (s == stream::events ? ".events" : ".audit");
}

std::string name_of(stream s) { return s == stream::events ? "ledger" : "audit"; }

[[noreturn]] void damaged(stream s, core::sequence seq, const std::string& what) {
    throw fatal_error("the " + name_of(s) + " is damaged at record " + std::to_string(seq) + ": " +
                      what + "; nothing is served: restore a backup");
}

// Reads on in transactions of this many records, so that no scan keeps old pages alive for long.
constexpr std::size_t records_per_transaction = 50'000;

// After how many commits the writer looks for readers that died. Until it does, each commit may
// leave some ten pages that nobody can use.
constexpr std::uint64_t commits_between_looks = 256;

stream_head read_head(const lmdb::transaction& txn, lmdb::table table, stream s,
                      const book_facts& book) {
    lmdb::cursor at(txn, table);
    const auto last = at.last();
    if (!last) {
        return {0, chain_start(book.id, s)};
    }
    seal found;
    if (!is_seal(last->key) || !seal::decode(last->value, found)) {
        damaged(s, last->key / 2, "its batch has no seal");
    }
    return {last->key / 2, found.hash};
}

class lmdb_reader final : public ledger_reader {
public:
    lmdb_reader(const lmdb::environment& env, const std::array<lmdb::table, 2>& tables,
                const book_facts& book)
        : env_(env), tables_(tables), book_(book) {}

    const book_facts& book() const override { return book_; }

    stream_heads heads() override {
        const lmdb::transaction txn(env_, lmdb::access::read);
        return {read_head(txn, table_of(stream::events), stream::events, book_),
                read_head(txn, table_of(stream::audit), stream::audit, book_)};
    }

    bool get(stream s, core::sequence seq, std::vector<std::byte>& into) override {
        const lmdb::transaction txn(env_, lmdb::access::read);
        const auto found = txn.get(table_of(s), record_key(seq));
        if (found) {
            into.assign(found->begin(), found->end());
        }
        return found.has_value();
    }

    core::sequence scan(stream s, core::sequence from, const visitor& visit) override {
        bool more = true;
        while (more) {
            const lmdb::transaction txn(env_, lmdb::access::read);
            lmdb::cursor at(txn, table_of(s));
            more = false;
            std::size_t records = 0;
            for (auto e = at.first_from(record_key(from)); e; e = at.next()) {
                if (is_seal(e->key)) {
                    continue;
                }
                if (e->key != record_key(from)) {
                    damaged(s, from, "it is missing");
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

    stream_head start(stream s) const override { return {0, chain_start(book_.id, s)}; }

    stream_head before(stream s, core::instant time, core::sequence seq) override {
        const lmdb::transaction txn(env_, lmdb::access::read);
        lmdb::cursor at(txn, table_of(s));
        bool passed = false;  // a batch that is older than all that is asked for
        for (auto e = at.last(); e; e = at.previous()) {
            if (!is_seal(e->key)) {
                continue;
            }
            const core::sequence last = e->key / 2;
            seal found;
            if (!seal::decode(e->value, found)) {
                damaged(s, last, "the seal of its batch is not one");
            }
            if (passed) {
                return {last, found.hash};
            }
            passed = found.at < time && last < seq;
        }
        return start(s);
    }

    stream_head check_from(stream s, const stream_head& after, const visitor& visit,
                           const sealed& at_seal) override {
        stream_head head = after;
        bool more = true;
        while (more) {
            const lmdb::transaction txn(env_, lmdb::access::read);
            more = check_some(s, lmdb::cursor(txn, table_of(s)), head, visit, at_seal);
        }
        return head;
    }

    bool next_batch(stream s, const stream_head& after, sealed_batch& into) override {
        const lmdb::transaction txn(env_, lmdb::access::read);
        lmdb::cursor at(txn, table_of(s));
        auto e = at.first_from(record_key(after.seq + 1));
        into.head = after;
        if (!read_batch(s, at, e, into.head)) {
            return false;
        }
        into.at = seal_time_;
        into.records.clear();
        for (const auto record : batch_) {
            std::ranges::copy(record, into.records.add(record.size()).begin());
        }
        return true;
    }

private:
    // A batch is visited only when its seal has been found right: what decodes records may trust
    // them.
    bool check_some(stream s, lmdb::cursor&& at, stream_head& head, const visitor& visit,
                    const sealed& at_seal) {
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

    // Reads one batch into batch_ and checks its seal; head and e go behind it. False at the end.
    bool read_batch(stream s, lmdb::cursor& at, std::optional<lmdb::cursor::entry>& e,
                    stream_head& head) {
        batch_.clear();
        for (; e; e = at.next()) {
            const core::sequence last = head.seq + batch_.size();
            if (!is_seal(e->key)) {
                if (e->key != record_key(last + 1)) {
                    damaged(s, last + 1, "it is missing");
                }
                batch_.push_back(e->value);
                continue;
            }
            if (e->key != seal_key(last) || batch_.empty()) {
                damaged(s, last, "a seal stands in the wrong place");
            }
            seal_time_ = check_seal(s, e->value, head);
            e = at.next();
            return true;
        }
        if (!batch_.empty()) {
            damaged(s, head.seq + batch_.size(), "its batch has no seal");
        }
        return false;
    }

    core::instant check_seal(stream s, std::span<const std::byte> value, stream_head& head) {
        seal found;
        if (!seal::decode(value, found) || found.count != batch_.size() ||
            found.first != head.seq + 1) {
            damaged(s, head.seq + batch_.size(), "the seal of its batch is not one");
        }
        link_.begin(head.hash, found.count, found.first, found.at);
        for (const auto record : batch_) {
            link_.record(record);
        }
        if (link_.end() != found.hash) {
            damaged(s, head.seq + 1,
                    "the batch up to " + std::to_string(head.seq + batch_.size()) +
                        " does not match its seal");
        }
        head = {head.seq + batch_.size(), found.hash};
        return found.at;
    }

    lmdb::table table_of(stream s) const noexcept { return tables_[static_cast<std::size_t>(s)]; }

    const lmdb::environment& env_;
    const std::array<lmdb::table, 2> tables_;
    const book_facts book_;
    chain_link link_;
    std::vector<std::span<const std::byte>> batch_;
    core::instant seal_time_;
};

}  // namespace

void lmdb_ledger::create(const std::filesystem::path& dir, std::uint16_t book, std::uint16_t year) {
    book_facts facts{book, year, {}};
    openssl::random(facts.id);
    create(dir, facts);
}

void lmdb_ledger::create(const std::filesystem::path& dir, const book_facts& book) {
    const std::filesystem::path ledger = dir / "ledger";
    if (!std::filesystem::create_directory(ledger)) {
        throw std::runtime_error(ledger.string() + " exists already");
    }
    std::filesystem::permissions(ledger, std::filesystem::perms::owner_all);
    const lmdb::environment env(ledger, lmdb::access::write, core::limits::map_bytes);

    std::array<std::byte, facts_bytes> facts;
    field_writer w(facts);
    w.characters(magic);
    w.u32(ledger_format);
    w.u16(book.number);
    w.u16(book.year);
    w.bytes(book.id);

    lmdb::transaction txn(env, lmdb::access::write);
    const lmdb::table meta = *txn.open_table("meta", false);
    txn.open_table(table_name(book.number, stream::events), true);
    txn.open_table(table_name(book.number, stream::audit), true);
    txn.put(meta, "facts", facts);
    txn.put(meta, "fence", std::array<std::byte, 8>{});
    txn.commit();
}

lmdb_ledger::lmdb_ledger(const std::filesystem::path& dir, lmdb::access how,
                         std::uint64_t disk_reserve_bytes)
    : file_dir_(require_registry(dir) / "ledger"), disk_reserve_bytes_(disk_reserve_bytes),
      env_(file_dir_, how, core::limits::map_bytes) {
    lmdb::transaction txn(env_, how);
    read_meta(txn);
    for (const stream s : {stream::events, stream::audit}) {
        const auto t = txn.open_table(table_name(book_.number, s), true);
        if (!t) {
            throw fatal_error("the ledger has no table " + table_name(book_.number, s));
        }
        tables_[static_cast<std::size_t>(s)] = *t;
        heads_[static_cast<std::size_t>(s)] = read_head(txn, *t, s, book_);
    }
    if (how == lmdb::access::write) {
        std::array<std::byte, 8> token;
        put_little_endian<8>(token, ++fencing_token_);
        txn.put(meta_, "fence", token);
    }
    txn.commit();
}

void lmdb_ledger::read_meta(lmdb::transaction& txn) {
    const auto meta = txn.open_table("meta", false);
    const auto facts = meta ? txn.get(*meta, "facts") : std::nullopt;
    const auto fence = meta ? txn.get(*meta, "fence") : std::nullopt;
    if (!facts || !fence || fence->size() != 8) {
        throw std::runtime_error(file_dir_.string() + " is not a registry's ledger");
    }
    field_reader r(*facts);
    r.require(r.characters(magic.size()) == magic);
    if (const std::uint32_t format = r.u32(); format != ledger_format) {
        throw std::runtime_error(file_dir_.string() + " was written in format " +
                                 std::to_string(format) + "; this program knows format " +
                                 std::to_string(ledger_format));
    }
    meta_ = *meta;
    book_.number = r.u16();
    book_.year = r.u16();
    r.bytes(book_.id);
    if (!r.complete()) {
        throw std::runtime_error(file_dir_.string() + " is not a registry's ledger");
    }
    fencing_token_ = get_little_endian<8>(*fence);
}

void lmdb_ledger::require_fence(const lmdb::transaction& txn) const {
    const auto fence = txn.get(meta_, "fence");
    if (!fence || fence->size() != 8 || get_little_endian<8>(*fence) != fencing_token_) {
        throw fatal_error("another process has taken over this ledger: this one stops writing");
    }
}

void lmdb_ledger::append(const record_batch& events, const record_batch& audit, core::instant at) {
    if (appends_++ % commits_between_looks == 0) {
        env_.forget_dead_readers();
    }
    lmdb::transaction txn(env_, lmdb::access::write);
    require_fence(txn);
    const auto before = heads_;
    append_stream(txn, stream::events, events, at);
    append_stream(txn, stream::audit, audit, at);
    try {
        txn.commit();
    } catch (...) {
        heads_ = before;
        throw;
    }
}

void lmdb_ledger::append_sealed(stream s, std::span<const sealed_batch> batches) {
    lmdb::transaction txn(env_, lmdb::access::write);
    require_fence(txn);
    for (const sealed_batch& b : batches) {
        append_stream(txn, s, b.records, b.at);
        if (head(s) != b.head) {
            damaged(s, b.head.seq, "its batch does not come out as it was sealed");
        }
    }
    txn.commit();
}

void lmdb_ledger::append_stream(lmdb::transaction& txn, stream s, const record_batch& records,
                                core::instant at) {
    if (records.empty()) {
        return;
    }
    stream_head& head = heads_[static_cast<std::size_t>(s)];
    const lmdb::table t = tables_[static_cast<std::size_t>(s)];
    seal made;
    made.count = static_cast<std::uint32_t>(records.size());
    made.first = head.seq + 1;
    made.at = at;
    link_.begin(head.hash, made.count, made.first, at);
    for (std::size_t i = 0; i < records.size(); ++i) {
        link_.record(records[i]);
        txn.append(t, record_key(made.first + i), records[i]);
    }
    made.hash = link_.end();
    head = {head.seq + records.size(), made.hash};
    txn.append(t, seal_key(head.seq), made.encode());
}

room lmdb_ledger::room_left() const {
    struct statvfs disk {};
    if (::statvfs(file_dir_.c_str(), &disk) != 0 ||
        std::uint64_t{disk.f_bavail} * disk.f_frsize < disk_reserve_bytes_) {
        return room::disk_low;
    }
    return env_.used_bytes() + core::limits::map_reserve_bytes > env_.map_bytes() ? room::map_low
                                                                                  : room::enough;
}

std::unique_ptr<ledger_reader> lmdb_ledger::reader() {
    return std::make_unique<lmdb_reader>(env_, tables_, book_);
}

}  // namespace doseline::storage
