#include "storage/lmdb_ledger.hpp"

#include "core/limits.hpp"
#include "storage/book_codec.hpp"
#include "storage/directory_lock.hpp"
#include "storage/lmdb_reader.hpp"
#include "storage/openssl.hpp"

#include <sys/statvfs.h>

namespace doseline::storage {

namespace {

constexpr std::string_view ledger_magic = "doseline";
constexpr std::size_t meta_bytes = 8 + 4 + 2;

// After how many commits the writer looks for readers that died. Until it does, each commit may
// leave some ten pages that nobody can use.
constexpr std::uint64_t commits_between_looks = 256;

std::string key_of(std::uint16_t book) { return "book." + std::to_string(book); }

void put_facts(lmdb::transaction& txn, lmdb::table meta, const book_facts& book) {
    std::array<std::byte, book_facts_bytes> bytes;
    field_writer w(bytes);
    write(book, w);
    txn.put(meta, key_of(book.number), bytes);
}

std::optional<book_facts> get_facts(const lmdb::transaction& txn, lmdb::table meta,
                                    std::uint16_t number) {
    const auto found = txn.get(meta, key_of(number));
    if (!found) {
        return std::nullopt;
    }
    field_reader r(*found);
    const book_facts book = read_book_facts(r);
    r.require(book.number == number);
    return r.complete() ? std::optional(book) : std::nullopt;
}

void put_open_book(lmdb::transaction& txn, lmdb::table meta, std::uint16_t number,
                   std::uint32_t format = ledger_format) {
    std::array<std::byte, meta_bytes> bytes;
    field_writer w(bytes);
    w.characters(ledger_magic);
    w.u32(format);
    w.u16(number);
    txn.put(meta, "facts", bytes);
}

}  // namespace

void lmdb_ledger::create(const std::filesystem::path& dir, std::uint16_t year) {
    std::array<std::byte, 16> id;  // no other ledger's chains begin like this one's
    openssl::random(id);
    const book_facts first{
        1, year, {{0, chain_start(id, stream::events)}, {0, chain_start(id, stream::audit)}}};
    create(dir, {&first, 1});
}

void lmdb_ledger::create(const std::filesystem::path& dir, std::span<const book_facts> books) {
    const std::filesystem::path ledger = dir / "ledger";
    if (!std::filesystem::create_directory(ledger)) {
        throw std::runtime_error(ledger.string() + " exists already");
    }
    std::filesystem::permissions(ledger, std::filesystem::perms::owner_all);
    const lmdb::environment env(ledger, lmdb::access::write, core::limits::map_bytes);

    lmdb::transaction txn(env, lmdb::access::write);
    const lmdb::table meta = txn.make_table("meta", false);
    for (const book_facts& book : books) {
        make_tables(txn, book);
        put_facts(txn, meta, book);
    }
    put_open_book(txn, meta, books.back().number);
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
        heads_[static_cast<std::size_t>(s)] = read_head(txn, tables_, s);
    }
    if (const auto last = seen_until(txn, tables_, stream::events)) {
        if (*last != head(stream::events)) {
            damaged_stream(stream::events, last->seq, "rows are staged behind another one");
        }
        staged_ = true;
    }
    if (how == lmdb::access::write) {
        std::array<std::byte, 8> token;
        put_little_endian<8>(token, ++fencing_token_);
        txn.put(tables_.meta, "fence", token);
    }
    txn.commit();
    if (staged_ && how == lmdb::access::write) {
        discard_staged();
    }
}

void lmdb_ledger::read_meta(lmdb::transaction& txn) {
    const auto none = [&] {
        return fatal_error(file_dir_.string() +
                           " is not a registry's ledger, or no longer: nothing is served; restore "
                           "a backup");
    };
    const auto meta = txn.open_table("meta", false);
    const auto facts = meta ? txn.get(*meta, "facts") : std::nullopt;
    const auto fence = meta ? txn.get(*meta, "fence") : std::nullopt;
    if (!facts || !fence || fence->size() != 8) {
        throw none();
    }
    field_reader r(*facts);
    r.require(r.characters(ledger_magic.size()) == ledger_magic);
    if (const std::uint32_t format = r.u32(); format != ledger_format && format != staging_format) {
        throw std::runtime_error(file_dir_.string() + " was written in format " +
                                 std::to_string(format) + ", and this program knows format " +
                                 std::to_string(ledger_format) +
                                 ": start the version that wrote it, or restore a backup");
    }
    const std::uint16_t open = r.u16();
    if (!r.complete() || open == 0 || open > core::limits::books_max) {
        throw none();
    }
    for (std::uint16_t number = 1; number <= open; ++number) {
        const auto book = get_facts(txn, *meta, number);
        if (!book) {
            throw fatal_error("the ledger does not know its book " + std::to_string(number) +
                              ": restore a backup");
        }
        tables_.books.push_back(open_tables(txn, *book));
    }
    tables_.meta = *meta;
    fencing_token_ = get_little_endian<8>(*fence);
}

void lmdb_ledger::draft_next(std::uint16_t year) {
    if (book().number == core::limits::books_max) {
        throw std::runtime_error("there is no room for more than " +
                                 std::to_string(core::limits::books_max) + " books");
    }
    const auto number = static_cast<std::uint16_t>(book().number + 1);
    lmdb::transaction txn(env_, lmdb::access::write);
    require_fence(txn);
    const book_tables next =
        make_tables(txn, {number, year, {head(stream::events), head(stream::audit)}});
    for (const lmdb::table t : next.tables) {
        txn.clear(t);  // of a draft that was never opened
    }
    txn.commit();
    tables_.books.push_back(next);
}

void lmdb_ledger::open_draft() {
    lmdb::transaction txn(env_, lmdb::access::write);
    require_fence(txn);
    put_facts(txn, tables_.meta, book());
    put_open_book(txn, tables_.meta, book().number);
    txn.commit();
}

void lmdb_ledger::require_fence(const lmdb::transaction& txn) const {
    const auto fence = txn.get(tables_.meta, "fence");
    if (!fence || fence->size() != 8 || get_little_endian<8>(*fence) != fencing_token_) {
        throw fatal_error("another process has taken over this ledger: this one stops writing");
    }
}

// A few at a time, from the end: killed on the way, the next writer goes on.
void lmdb_ledger::discard_staged() {
    constexpr std::size_t at_once = core::limits::restore_commit_records;
    while (staged_) {
        lmdb::transaction txn(env_, lmdb::access::write);
        require_fence(txn);
        if (txn.erase_last(tables_.books.back().of(stream::events),
                           seal_key(head(stream::events).seq), at_once) < at_once) {
            see_all(txn, tables_);
            put_open_book(txn, tables_.meta, book().number);
            staged_ = false;
        }
        txn.commit();
    }
}

void lmdb_ledger::stage(const record_batch& events, core::instant at) {
    lmdb::transaction txn(env_, lmdb::access::write);
    require_fence(txn);
    const auto before = heads_;
    if (!staged_) {
        put_seen_until(txn, tables_, head(stream::events));
        put_open_book(txn, tables_.meta, book().number, staging_format);
    }
    append_stream(txn, stream::events, events, at);
    commit(txn, before);
    staged_ = true;
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
    if (staged_) {
        see_all(txn, tables_);
        put_open_book(txn, tables_.meta, book().number);
    }
    commit(txn, before);
    staged_ = false;
}

void lmdb_ledger::commit(lmdb::transaction& txn, const std::array<stream_head, 2>& before) {
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
            damaged_stream(s, b.head.seq, "its batch does not come out as it was sealed");
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
    const std::size_t book = book_with(tables_.books, s, head.seq + 1);
    const lmdb::table t = tables_.books[book].of(s);
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

core::shortage space::short_of_beside(std::uint64_t bytes) const noexcept {
    if (disk_free < disk_reserve + bytes) {
        return core::shortage::disk;
    }
    return used + bytes + core::limits::map_reserve_bytes > map ? core::shortage::map
                                                                : core::shortage::none;
}

core::shortage lmdb_ledger::short_of_beside(std::uint64_t bytes) const {
    struct statvfs disk {};
    if (::statvfs(file_dir_.c_str(), &disk) != 0) {
        return core::shortage::disk;
    }
    return space{std::uint64_t{disk.f_bavail} * disk.f_frsize, disk_reserve_bytes_,
                 env_.used_bytes(), env_.map_bytes()}
        .short_of_beside(bytes);
}

std::unique_ptr<ledger_reader> lmdb_ledger::reader() {
    return std::make_unique<lmdb_reader>(env_, tables_);
}

}  // namespace doseline::storage
