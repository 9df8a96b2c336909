#pragma once

#include "storage/backup.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace doseline::net {

// Backups that an operator asks for while the registry serves: one at a time, on a thread of its
// own that yields to those which serve.
//
// Thread safety: any thread.
class backup_job {
public:
    struct parts {
        std::filesystem::path dir;   // the registry
        std::filesystem::path into;  // where backups go; made, for its owner alone, when it is not
        std::uint64_t disk_reserve_bytes = 0;  // left free beside a backup
        const storage::key_ring& keys;
        std::function<std::unique_ptr<storage::ledger_reader>()> reader;
        std::function<std::uint64_t()> ledger_bytes;  // that it uses of its file
    };

    enum class phase : std::uint8_t { none, running, done, failed };

    struct state {
        phase at = phase::none;
        std::filesystem::path file;
        std::string doing;  // running: copying or checking, and how far it is
        std::uint64_t done = 0;
        std::uint64_t of = 0;
        core::instant started;
        core::instant ended;                     // done, failed
        std::string error;                       // failed
        std::optional<storage::backed_up> made;  // done
    };

    explicit backup_job(parts p) : parts_(std::move(p)) {}
    // Gives up what is under way; nothing of it is left.
    ~backup_job();

    // Begins one, in a file that is named after the moment (UTC). Throws std::runtime_error, saying
    // why not: one is under way, too little room.
    void start(core::instant now);

    state look() const;
    // When the last one of this process was done; nothing: there was none.
    std::optional<core::instant> last_done() const;

private:
    void run(const std::filesystem::path& file);
    void tell(std::string_view doing, std::uint64_t done, std::uint64_t of);

    const parts parts_;
    mutable std::mutex mutex_;  // of the next two
    state state_;
    std::optional<core::instant> last_done_;
    std::atomic<bool> giving_up_{false};
    std::thread thread_;
};

}  // namespace doseline::net
