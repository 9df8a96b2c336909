#include "net/backup_job.hpp"

#include "net/log.hpp"
#include "storage/committer.hpp"
#include "storage/private_file.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <stdexcept>

namespace doseline::net {

namespace {

namespace fs = std::filesystem;

// Of the thread that calls: those that serve go first.
constexpr int yielding_priority = 10;

std::string file_name(core::instant now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    char name[40];
    std::strftime(name, sizeof name, "doseline-%Y%m%dT%H%M%SZ.backup", &utc);
    return name;
}

// A backup is never longer than what the ledger uses of its file: that has all of its records, and
// pages beside.
void require_room(std::uint64_t ledger_bytes, const fs::path& into, std::uint64_t reserve) {
    const std::uint64_t needed = ledger_bytes + reserve;
    const std::uint64_t there = fs::space(into).available;
    if (there < needed) {
        constexpr std::uint64_t mebibyte = 1u << 20;
        throw std::runtime_error("a backup may need " + std::to_string(needed / mebibyte + 1) +
                                 " MiB, the reserve included, and " + into.string() + " has " +
                                 std::to_string(there / mebibyte) +
                                 " MiB: free some, or name another disk as backups in the "
                                 "--config file");
    }
}

}  // namespace

backup_job::~backup_job() {
    giving_up_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
}

void backup_job::start(core::instant now) {
    const std::lock_guard lock(mutex_);
    if (state_.at == phase::running) {
        throw std::runtime_error("a backup is under way: " + state_.file.string());
    }
    if (!fs::exists(parts_.into)) {
        storage::make_private_directory(parts_.into);
    }
    require_room(parts_.ledger_bytes(), parts_.into, parts_.disk_reserve_bytes);
    if (thread_.joinable()) {
        thread_.join();  // of the one before, which has told its end
    }
    state_ = {};
    state_.at = phase::running;
    state_.file = parts_.into / file_name(now);
    state_.started = now;
    thread_ = std::thread([this, file = state_.file] { run(file); });
}

void backup_job::run(const fs::path& file) {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), yielding_priority);
    std::optional<storage::backed_up> made;
    std::string error;
    try {
        made = storage::backup(parts_.dir, *parts_.reader(), parts_.keys, file,
                               [this](std::string_view doing, std::uint64_t done,
                                      std::uint64_t of) { tell(doing, done, of); });
    } catch (const std::exception& e) {
        error = e.what();
    }
    log_event("backup", made ? file.string() + " is written and checked" : error);
    const std::lock_guard lock(mutex_);
    state_.at = made ? phase::done : phase::failed;
    state_.made = made;
    state_.error = std::move(error);
    state_.ended = storage::system_clocks().wall();
    if (made) {
        last_done_ = state_.ended;
    }
}

void backup_job::tell(std::string_view doing, std::uint64_t done, std::uint64_t of) {
    if (giving_up_) {
        throw std::runtime_error("given up: the server ends");
    }
    const std::lock_guard lock(mutex_);
    state_.doing = doing;
    state_.done = done;
    state_.of = of;
}

backup_job::state backup_job::look() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

std::optional<core::instant> backup_job::last_done() const {
    const std::lock_guard lock(mutex_);
    return last_done_;
}

}  // namespace doseline::net
