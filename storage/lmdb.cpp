#include "storage/lmdb.hpp"

#include "core/limits.hpp"

#include <lmdb.h>

#include <cstring>
#include <utility>

namespace doseline::storage::lmdb {

namespace {

[[noreturn]] void fail(const char* what, int code) {
    throw fatal_error(std::string("the ledger's file: ") + what + ": " + mdb_strerror(code));
}

void check(const char* what, int code) {
    if (code != MDB_SUCCESS) {
        fail(what, code);
    }
}

MDB_val to_val(std::span<const std::byte> bytes) noexcept {
    return {bytes.size(), const_cast<std::byte*>(bytes.data())};
}

MDB_val to_val(const std::uint64_t& key) noexcept {
    return {sizeof key, const_cast<std::uint64_t*>(&key)};
}

std::span<const std::byte> to_span(const MDB_val& v) noexcept {
    return {static_cast<const std::byte*>(v.mv_data), v.mv_size};
}

unsigned kind_of(bool integer_keys) noexcept { return integer_keys ? MDB_INTEGERKEY : 0u; }

constexpr unsigned tables_max = 2 * core::limits::books_max + 1;
constexpr mdb_mode_t file_mode = 0600;

}  // namespace

void environment::close::operator()(MDB_env* env) const noexcept { mdb_env_close(env); }

environment::environment(const std::filesystem::path& dir, access how, std::uint64_t map_bytes) {
    MDB_env* env = nullptr;
    check("create", mdb_env_create(&env));
    env_.reset(env);
    check("set the map", mdb_env_set_mapsize(env, map_bytes));
    check("set the tables", mdb_env_set_maxdbs(env, tables_max));
    // NOTLS: a read transaction belongs to an object, not to whatever thread made it.
    // NORDAHEAD: single reads are random and the file may be larger than memory.
    const unsigned flags = MDB_NOTLS | MDB_NORDAHEAD | (how == access::read ? MDB_RDONLY : 0u);
    check("open", mdb_env_open(env, dir.c_str(), flags, file_mode));
}

environment::~environment() = default;
environment::environment(environment&&) noexcept = default;

std::uint64_t environment::used_bytes() const {
    MDB_envinfo info{};
    MDB_stat stat{};
    check("info", mdb_env_info(env_.get(), &info));
    check("stat", mdb_env_stat(env_.get(), &stat));
    return (std::uint64_t{info.me_last_pgno} + 1) * stat.ms_psize;
}

std::uint64_t environment::map_bytes() const {
    MDB_envinfo info{};
    check("info", mdb_env_info(env_.get(), &info));
    return info.me_mapsize;
}

std::uint64_t environment::last_transaction() const {
    MDB_envinfo info{};
    check("info", mdb_env_info(env_.get(), &info));
    return info.me_last_txnid;
}

void environment::forget_dead_readers() const {
    int dead = 0;
    check("look for dead readers", mdb_reader_check(env_.get(), &dead));
}

transaction::transaction(const environment& env, access how) {
    check("begin", mdb_txn_begin(env.get(), nullptr, how == access::read ? MDB_RDONLY : 0, &txn_));
}

transaction::~transaction() {
    if (txn_ != nullptr) {
        mdb_txn_abort(txn_);
    }
}

transaction::transaction(transaction&& other) noexcept : txn_(std::exchange(other.txn_, nullptr)) {}

std::optional<table> transaction::open_table(const std::string& name, bool integer_keys) {
    table t = 0;
    const int code = mdb_dbi_open(txn_, name.c_str(), kind_of(integer_keys), &t);
    if (code == MDB_NOTFOUND) {
        return std::nullopt;
    }
    check("open a table", code);
    return t;
}

table transaction::make_table(const std::string& name, bool integer_keys) {
    table t = 0;
    check("make a table", mdb_dbi_open(txn_, name.c_str(), kind_of(integer_keys) | MDB_CREATE, &t));
    return t;
}

std::optional<std::span<const std::byte>> transaction::get(table t, std::uint64_t key) const {
    MDB_val k = to_val(key);
    MDB_val v{};
    const int code = mdb_get(txn_, t, &k, &v);
    if (code == MDB_NOTFOUND) {
        return std::nullopt;
    }
    check("read", code);
    return to_span(v);
}

std::optional<std::span<const std::byte>> transaction::get(table t, std::string_view key) const {
    MDB_val k = to_val(std::as_bytes(std::span(key)));
    MDB_val v{};
    const int code = mdb_get(txn_, t, &k, &v);
    if (code == MDB_NOTFOUND) {
        return std::nullopt;
    }
    check("read", code);
    return to_span(v);
}

void transaction::put(table t, std::string_view key, std::span<const std::byte> value) {
    MDB_val k = to_val(std::as_bytes(std::span(key)));
    MDB_val v = to_val(value);
    check("write", mdb_put(txn_, t, &k, &v, 0));
}

void transaction::erase(table t, std::string_view key) {
    MDB_val k = to_val(std::as_bytes(std::span(key)));
    check("erase", mdb_del(txn_, t, &k, nullptr));
}

std::size_t transaction::erase_last(table t, std::uint64_t behind, std::size_t at_most) {
    cursor at(*this, t);
    std::size_t erased = 0;
    for (; erased < at_most; ++erased) {
        const auto last = at.last();
        if (!last || last->key <= behind) {
            break;
        }
        at.erase();
    }
    return erased;
}

void transaction::clear(table t) { check("clear", mdb_drop(txn_, t, 0)); }

void transaction::append(table t, std::uint64_t key, std::span<const std::byte> value) {
    MDB_val k = to_val(key);
    MDB_val v = to_val(value);
    check("append", mdb_put(txn_, t, &k, &v, MDB_APPEND));
}

void transaction::commit() {
    // The transaction is gone whatever comes back.
    check("commit", mdb_txn_commit(std::exchange(txn_, nullptr)));
}

cursor::cursor(const transaction& in, table t) {
    check("open a cursor", mdb_cursor_open(in.get(), t, &cursor_));
}

cursor::~cursor() { mdb_cursor_close(cursor_); }

std::optional<cursor::entry> cursor::move(int operation, std::uint64_t key) {
    MDB_val k = to_val(key);
    MDB_val v{};
    const int code = mdb_cursor_get(cursor_, &k, &v, static_cast<MDB_cursor_op>(operation));
    if (code == MDB_NOTFOUND) {
        return std::nullopt;
    }
    check("read on", code);
    entry e;
    if (k.mv_size != sizeof e.key) {
        fail("read on", MDB_CORRUPTED);
    }
    std::memcpy(&e.key, k.mv_data, sizeof e.key);
    e.value = to_span(v);
    return e;
}

std::optional<cursor::entry> cursor::first_from(std::uint64_t key) {
    return move(MDB_SET_RANGE, key);
}
std::optional<cursor::entry> cursor::next() { return move(MDB_NEXT, 0); }
std::optional<cursor::entry> cursor::last() { return move(MDB_LAST, 0); }
std::optional<cursor::entry> cursor::previous() { return move(MDB_PREV, 0); }
void cursor::erase() { check("erase", mdb_cursor_del(cursor_, 0)); }

}  // namespace doseline::storage::lmdb
