#pragma once

#include "core/outcome.hpp"
#include "core/published.hpp"
#include "core/registry.hpp"
#include "core/totals.hpp"
#include "net/token.hpp"
#include "storage/anchor.hpp"
#include "storage/directory_lock.hpp"
#include "storage/lmdb_ledger.hpp"
#include "storage/recovery.hpp"
#include "storage/served_keys.hpp"

#include <cstdint>
#include <filesystem>

namespace doseline::net {

// All of the registry that a start needs before it may serve, in the order in which it is made.
struct store {
    storage::directory_lock lock;
    storage::served_keys keys;
    console_token operators;
    console_token auditors;
    storage::anchor anchored;
    storage::lmdb_ledger ledger;
    std::uint32_t boot_epoch;
    core::registry registry;
    core::published published;
    core::dose_totals totals;
    storage::recovered recovered;
    core::sequence book_opened = 0;  // doses of the book before are not counted

    // One shard of the totals a reactor, the operator's included: a cut goes through all of them.
    // Throws one line that says why dir cannot be served, and what to do.
    store(const std::filesystem::path& dir, std::uint64_t disk_reserve_bytes, std::size_t reactors);

    // Counts what clinics are told, in the telling reactor's own shard, on its thread.
    void count(std::size_t shard, const core::outcome& told);

private:
    void require_key_of(std::uint16_t book, const std::filesystem::path& dir) const;
};

}  // namespace doseline::net
