#pragma once

#include "storage/ledger.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

// LMDB as values that own. Default flags throughout: each commit is synced, nothing is written
// through the map (a full disk would be a SIGBUS). No duplicate keys, no nested transactions: both
// had errors in the version that Debian 12 ships.
//
// Threads: a transaction belongs to one thread. LMDB must only be touched from threads that share
// the process's descriptor table: with a table of their own they meet EBADF or another lock owner.
// Every failure throws fatal_error with LMDB's words.
namespace doseline::storage::lmdb {

using table = unsigned;

enum class access { read, write };

class environment {
public:
    // REQUIRES: the directory exists; open once in a process.
    environment(const std::filesystem::path& dir, access how, std::uint64_t map_bytes);
    ~environment();
    environment(environment&&) noexcept;

    MDB_env* get() const noexcept { return env_.get(); }
    // Bytes of the map in use, and of the map.
    std::uint64_t used_bytes() const;
    std::uint64_t map_bytes() const;
    std::uint64_t last_transaction() const;

    // Forgets the snapshots of processes that died in the middle of a read. LMDB does not do so by
    // itself, and none of the pages that such a one saw would ever be used again.
    void forget_dead_readers() const;

private:
    struct close {
        void operator()(MDB_env* env) const noexcept;
    };
    std::unique_ptr<MDB_env, close> env_;
};

// Aborts unless committed.
class transaction {
public:
    transaction(const environment& env, access how);
    ~transaction();
    transaction(transaction&& other) noexcept;

    // A table of integer keys, or of text keys; nothing when it is not there.
    std::optional<table> open_table(const std::string& name, bool integer_keys);
    // The same, made when it is not there. REQUIRES: the access is write.
    table make_table(const std::string& name, bool integer_keys);

    std::optional<std::span<const std::byte>> get(table t, std::uint64_t key) const;
    std::optional<std::span<const std::byte>> get(table t, std::string_view key) const;
    void put(table t, std::string_view key, std::span<const std::byte> value);
    void erase(table t, std::string_view key);
    void clear(table t);  // all that is in it
    // Of the entries behind that key the last ones, at most so many; returns how many there were.
    std::size_t erase_last(table t, std::uint64_t behind, std::size_t at_most);
    // REQUIRES: key is above all others of the table.
    void append(table t, std::uint64_t key, std::span<const std::byte> value);
    void commit();

    MDB_txn* get() const noexcept { return txn_; }

private:
    MDB_txn* txn_ = nullptr;
};

// Goes through a table of integer keys upwards.
class cursor {
public:
    cursor(const transaction& in, table t);
    ~cursor();
    cursor(const cursor&) = delete;
    cursor& operator=(const cursor&) = delete;

    struct entry {
        std::uint64_t key = 0;
        std::span<const std::byte> value;
    };
    std::optional<entry> first_from(std::uint64_t key);
    std::optional<entry> next();
    std::optional<entry> last();
    std::optional<entry> previous();
    void erase();  // the entry that was met last. REQUIRES: the transaction is for writing

private:
    std::optional<entry> move(int operation, std::uint64_t key);
    MDB_cursor* cursor_ = nullptr;
};

}  // namespace doseline::storage::lmdb
