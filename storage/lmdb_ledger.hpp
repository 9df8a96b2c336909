#pragma once

#include "storage/chain.hpp"
#include "storage/ledger.hpp"
#include "storage/lmdb.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>

namespace doseline::storage {

// The format that this program writes; storage/README.md describes it.
inline constexpr std::uint32_t ledger_format = 2;

// The ledger on LMDB, in DIR/ledger. A stream of a book is one table of integer keys: twice the
// sequence number for a record, one more for the seal behind the last record of a batch. So a batch
// is one run at the end of one tree, and costs as few pages as it can.
//
// Thread safety: append(), head(), room_left() by one thread; reader() by any; a reader by one.
class lmdb_ledger final : public ledger {
public:
    // Makes DIR/ledger with an empty book. Throws when it is there already.
    static void create(const std::filesystem::path& dir, std::uint16_t book, std::uint16_t year);
    // The same for a book that exists already, to be filled by append_sealed().
    static void create(const std::filesystem::path& dir, const book_facts& book);

    // Throws with one line that says what is wrong and what to do: missing, not a registry's
    // directory, of another format, not writable. For writing, takes the fencing token: whoever
    // held it before writes no more.
    lmdb_ledger(const std::filesystem::path& dir, lmdb::access how,
                std::uint64_t disk_reserve_bytes = core::limits::disk_reserve_bytes);

    void append(const record_batch& events, const record_batch& audit, core::instant at) override;

    // Batches of one stream as they were sealed before, all in one commit: for a restore. Throws
    // fatal_error when a seal does not come out as it was.
    void append_sealed(stream s, std::span<const sealed_batch> batches);

    stream_head head(stream s) const override { return heads_[static_cast<std::size_t>(s)]; }
    room room_left() const override;
    std::unique_ptr<ledger_reader> reader() override;

    const book_facts& book() const noexcept { return book_; }

private:
    void append_stream(lmdb::transaction& txn, stream s, const record_batch& records,
                       core::instant at);
    void require_fence(const lmdb::transaction& txn) const;
    void read_meta(lmdb::transaction& txn);

    const std::filesystem::path file_dir_;
    const std::uint64_t disk_reserve_bytes_;
    lmdb::environment env_;
    lmdb::table meta_ = 0;
    std::array<lmdb::table, 2> tables_{};
    book_facts book_;
    std::uint64_t fencing_token_ = 0;
    std::array<stream_head, 2> heads_{};
    chain_link link_;
    std::uint64_t appends_ = 0;
};

}  // namespace doseline::storage
