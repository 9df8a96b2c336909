#pragma once

#include "storage/book_tables.hpp"
#include "storage/chain.hpp"
#include "storage/ledger.hpp"
#include "storage/lmdb.hpp"

#include <vector>

namespace doseline::storage {

// Reads the books that were there when it was made.
//
// Thread safety: one thread. REQUIRES: the environment outlives it.
class lmdb_reader final : public ledger_reader {
public:
    lmdb_reader(const lmdb::environment& env, ledger_tables tables);

    std::unique_ptr<ledger_reader> another() const override {
        return std::make_unique<lmdb_reader>(env_, tables_);
    }
    std::span<const book_facts> books() const override { return facts_; }
    stream_heads heads() override;
    bool get(stream s, core::sequence seq, std::vector<std::byte>& into) override;
    core::sequence scan(stream s, core::sequence from, const visitor& visit) override;
    stream_head before(stream s, core::instant time, core::sequence seq) override;
    stream_head check_from(stream s, const stream_head& after, const visitor& visit,
                           const sealed& at_seal) override;
    bool next_batch(stream s, const stream_head& after, sealed_batch& into) override;

private:
    // A batch is visited only when its seal has been found right: what decodes records may trust
    // them. True: there may be more.
    bool check_some(stream s, stream_head& head, const visitor& visit, const sealed& at_seal);
    // Reads one batch into batch_ and checks its seal; head and e go behind it. False at the end.
    bool read_batch(stream s, stream_cursor& at, std::optional<lmdb::cursor::entry>& e,
                    stream_head& head);
    core::instant check_seal(stream s, std::span<const std::byte> value, stream_head& head);

    const lmdb::environment& env_;
    const ledger_tables tables_;
    std::vector<book_facts> facts_;
    chain_link link_;
    std::vector<std::span<const std::byte>> batch_;
    core::instant seal_time_;
};

}  // namespace doseline::storage
