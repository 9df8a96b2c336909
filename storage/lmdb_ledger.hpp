#pragma once

#include "storage/book_tables.hpp"
#include "storage/chain.hpp"
#include "storage/ledger.hpp"
#include "storage/lmdb.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace doseline::storage {

// The format that this program writes; storage/README.md describes it. While rows are staged it is
// the next one, so that a program which knows nothing of that does not take them for recorded.
inline constexpr std::uint32_t ledger_format = 3;
inline constexpr std::uint32_t staging_format = 4;

// What a ledger may still grow into, in bytes.
struct space {
    std::uint64_t disk_free = 0;
    std::uint64_t disk_reserve = 0;  // of these
    std::uint64_t used = 0;          // of the map
    std::uint64_t map = 0;

    // When that many bytes more were written. A commit writes less than limits::map_reserve_bytes.
    core::shortage short_of_beside(std::uint64_t bytes) const noexcept;
};

// The ledger on LMDB, in DIR/ledger: book_tables.hpp has its tables.
//
// Thread safety: append(), head(), short_of() by one thread; reader(), used_bytes() by any; a
// reader by one.
class lmdb_ledger final : public ledger {
public:
    // Makes DIR/ledger with an empty first book. Throws when it is there already.
    static void create(const std::filesystem::path& dir, std::uint16_t year);
    // The same for books that exist already, to be filled by append_sealed(). REQUIRES: in their
    // order, and at least one.
    static void create(const std::filesystem::path& dir, std::span<const book_facts> books);

    // Throws with one line that says what is wrong and what to do: missing, not a registry's
    // directory, of another format, not writable. For writing, takes the fencing token: whoever
    // held it before writes no more; and what it had staged goes.
    lmdb_ledger(const std::filesystem::path& dir, lmdb::access how,
                std::uint64_t disk_reserve_bytes = core::limits::disk_reserve_bytes);

    void append(const record_batch& events, const record_batch& audit, core::instant at) override;

    // Appends events that nobody sees, however long ago they were synced, until append() returns:
    // then they are there, all at once. So what is too much for one commit is still all or nothing.
    // Without it they are gone: the next writer throws them away. Throws fatal_error.
    void stage(const record_batch& events, core::instant at);

    // Batches of one stream as they were sealed before, all in one commit: for a restore. Throws
    // fatal_error when a seal does not come out as it was.
    void append_sealed(stream s, std::span<const sealed_batch> batches);

    // The next book, for one that is closed. What append() writes from now on goes into a draft of
    // it, which nobody else sees, and which is thrown away unless open_draft() returns: then it is
    // the open book, durably. Throws when there is no room for one more.
    // REQUIRES: nothing else is using the ledger.
    void draft_next(std::uint16_t year);
    void open_draft();

    stream_head head(stream s) const override { return heads_[static_cast<std::size_t>(s)]; }
    core::shortage short_of() const override { return short_of_beside(0); }
    // When that many bytes more were written. The writer's thread.
    core::shortage short_of_beside(std::uint64_t bytes) const;
    std::unique_ptr<ledger_reader> reader() override;

    const book_facts& book() const noexcept { return tables_.books.back().facts; }

    // What the ledger uses of its file, from the beginning: zeros may follow (preallocation.hpp).
    std::uint64_t used_bytes() const { return env_.used_bytes(); }
    std::filesystem::path file() const { return file_dir_ / "data.mdb"; }

private:
    void append_stream(lmdb::transaction& txn, stream s, const record_batch& records,
                       core::instant at);
    void require_fence(const lmdb::transaction& txn) const;
    void read_meta(lmdb::transaction& txn);
    void discard_staged();
    // Where the streams stood before, when it fails.
    void commit(lmdb::transaction& txn, const std::array<stream_head, 2>& before);

    const std::filesystem::path file_dir_;
    const std::uint64_t disk_reserve_bytes_;
    lmdb::environment env_;
    ledger_tables tables_;
    std::uint64_t fencing_token_ = 0;
    std::array<stream_head, 2> heads_{};
    chain_link link_;
    bool staged_ = false;
    std::uint64_t appends_ = 0;
};

}  // namespace doseline::storage
