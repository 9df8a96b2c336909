#pragma once

#include "core/registry.hpp"
#include "storage/anchor.hpp"
#include "storage/directory_lock.hpp"
#include "storage/key_ring.hpp"
#include "storage/lmdb_ledger.hpp"

#include <filesystem>
#include <string_view>

namespace doseline::net::cli {

// Makes keys, certificates, the operator's token and a ledger with an open book. Throws when dir
// is there and holds anything.
void create_registry(const std::filesystem::path& dir);

// The registry of a directory that nobody serves, for the operator at the console: decides and
// applies as the server does, and makes all of it durable in one commit, or nothing.
class offline_registry {
public:
    // Throws "in use by process N", or what is wrong with the directory.
    explicit offline_registry(const std::filesystem::path& dir);

    const storage::key_ring& keys() const noexcept { return keys_; }
    const core::registry& state() const noexcept { return registry_; }

    // What it comes to; after a refusal, nothing may be committed.
    core::outcome take(const core::command& c);

    // That what was taken so far is to be seen by somebody else, and why. REQUIRES: a commit
    // before it is seen.
    void note_export(const core::user_code& by, std::string_view reason);

    void commit();

    storage::lmdb_ledger& ledger() noexcept { return ledger_; }

private:
    const std::filesystem::path dir_;
    const storage::directory_lock lock_;
    const storage::key_ring keys_;
    const storage::anchor anchored_;
    storage::lmdb_ledger ledger_;
    core::registry registry_;
    core::moment now_;
    core::decided decided_;
    storage::record_batch events_;
    storage::record_batch audit_;
};

}  // namespace doseline::net::cli
