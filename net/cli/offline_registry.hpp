#pragma once

#include "core/registry.hpp"
#include "core/totals.hpp"
#include "storage/anchor.hpp"
#include "storage/backup.hpp"
#include "storage/directory_lock.hpp"
#include "storage/key_ring.hpp"
#include "storage/lmdb_ledger.hpp"

#include <filesystem>
#include <string_view>

namespace doseline::net::cli {

// The year of a moment, in UTC.
std::uint16_t year_of(core::instant at);

// Makes keys, certificates, the operator's token and a ledger with an open book. Throws when dir
// is there and holds anything.
void create_registry(const std::filesystem::path& dir);

// The registry of a directory that nobody serves, for the operator at the console: decides and
// applies as the server does, and makes all of it durable at once, or nothing: what is too much for
// one commit is staged, and goes when commit() is not reached.
class offline_registry {
public:
    // Throws "in use by process N", or what is wrong with the directory. The reserve is of its
    // disk, and kept for who serves.
    explicit offline_registry(const std::filesystem::path& dir,
                              std::uint64_t disk_reserve_bytes = core::limits::disk_reserve_bytes);

    const storage::key_ring& keys() const noexcept { return keys_; }
    const core::registry& state() const noexcept { return registry_; }

    core::instant now() const noexcept { return now_.recorded_at; }
    // Of those that were taken, too.
    core::sequence last_event() const noexcept {
        return ledger_.head(storage::stream::events).seq + events_.size();
    }

    // What it comes to; after a refusal, nothing may be committed. Throws where the book is closed.
    core::outcome take(const core::command& c);

    // What is done to the registry as a whole, by the user of this process, and why if the action
    // says so. REQUIRES: a commit before it is done.
    void note(core::audit_action action, std::uint64_t subject, std::string_view reason = "");

    // Throws, with nothing done, where it would leave less free than the reserve. What has been
    // staged was asked before.
    void commit();
    // Of what was noted, and nothing taken: also with no more free than the reserve, which is there
    // for such.
    void commit_note();

    // Ends the open book. Throws where it is closed. REQUIRES: a commit, and nothing taken after.
    void close_book();

    // A data key, then the next book, in commits of its own. Throws where the open book is not
    // closed, or with what it carries forward less than the reserve would be free. Nothing else may
    // be done to this object afterwards. Returns the events written.
    std::uint64_t open_next_book(std::uint16_t year, const storage::progress& tell);

    storage::lmdb_ledger& ledger() noexcept { return ledger_; }

private:
    core::audit_record record_of(core::audit_action action, std::uint64_t subject) const;
    void require_open_book() const;
    void require_room_for(std::uint64_t bytes) const;
    void append();
    void sign_anchor();

    const std::filesystem::path dir_;
    const storage::directory_lock lock_;
    const storage::key_ring keys_;
    const storage::anchor anchored_;
    storage::lmdb_ledger ledger_;
    core::registry registry_;
    core::dose_totals totals_{0};
    core::moment now_;
    core::decided decided_;
    storage::record_batch events_;
    storage::record_batch audit_;
};

}  // namespace doseline::net::cli
