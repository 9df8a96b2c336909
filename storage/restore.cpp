#include "core/limits.hpp"
#include "storage/backup.hpp"
#include "storage/backup_check.hpp"
#include "storage/backup_file.hpp"
#include "storage/directory_lock.hpp"
#include "storage/verify.hpp"

#include <optional>
#include <stdexcept>
#include <vector>

namespace doseline::storage {

namespace {

namespace fs = std::filesystem;

// An empty directory that is filled; what was put into it goes again unless keep() was called.
class filled_directory {
public:
    explicit filled_directory(const fs::path& dir) : dir_(dir) {
        if (fs::exists(dir / "ledger" / "data.mdb")) {
            const directory_lock in_use(dir);
        }
        made_ = fs::create_directories(dir);
        if (!fs::is_empty(dir)) {
            throw std::runtime_error(dir.string() +
                                     " is not empty: a restore never overwrites; name a new "
                                     "directory");
        }
        fs::permissions(dir, fs::perms::owner_all);
    }
    ~filled_directory() {
        if (keep_) {
            return;
        }
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(dir_, ignored)) {
            fs::remove_all(entry.path(), ignored);
        }
        if (made_) {
            fs::remove(dir_, ignored);
        }
    }
    filled_directory(const filled_directory&) = delete;
    filled_directory& operator=(const filled_directory&) = delete;

    void keep() noexcept { keep_ = true; }

private:
    const fs::path dir_;
    bool made_ = false;
    bool keep_ = false;
};

// Fills a new ledger, many batches in a commit.
class loader {
public:
    explicit loader(const fs::path& dir) : dir_(dir) {}

    void batch(stream s, const sealed_batch& b, std::span<const book_facts> books) {
        if (!ledger_) {
            lmdb_ledger::create(dir_, books);
            ledger_.emplace(dir_, lmdb::access::write);
        }
        if (s != stream_ || records_ >= core::limits::restore_commit_records) {
            commit();
            stream_ = s;
        }
        batches_.push_back(b);
        records_ += b.records.size();
    }

    void commit() {
        if (!batches_.empty()) {
            ledger_->append_sealed(stream_, batches_);
        }
        batches_.clear();
        records_ = 0;
    }

private:
    const fs::path dir_;
    std::optional<lmdb_ledger> ledger_;
    stream stream_ = stream::events;
    std::vector<sealed_batch> batches_;
    std::size_t records_ = 0;
};

// The files last, and of these the anchor: a directory without one is not served, should the
// process be killed here.
void load(const fs::path& file, const fs::path& dir, const progress& tell) {
    backup_reader reader(file);
    backup_check check(reader);
    {
        const directory_lock lock(dir);
        loader into(dir);
        reader.read(
            {[&](std::string_view name, std::string_view content) { check.file(name, content); },
             [&](const book_facts& facts) { check.book(facts); },
             [&](stream s, sealed_batch& b) {
                 check.batch(s, b);
                 into.batch(s, b, check.books());
             },
             [&](std::uint64_t done, std::uint64_t of) { tell("restoring", done, of); }});
        into.commit();
    }
    check.finish();
    for (const std::string_view name : backup_files) {
        write_file(dir / name, check.files().find(name)->second, public_mode);
    }
    write_file(dir / anchor_file, check.files().find(anchor_file)->second, public_mode);
}

}  // namespace

backed_up restore(const fs::path& file, const fs::path& dir, const progress& tell) {
    filled_directory filled(dir);
    const backed_up found = check_backup(file, tell);
    load(file, dir, tell);
    const verified v = verify(dir);
    if (v.anchored != found.at || v.events != found.at.heads.events.seq ||
        v.audit != found.at.heads.audit.seq) {
        throw fatal_error(dir.string() + " does not hold what was restored; try another disk");
    }
    filled.keep();
    return found;
}

}  // namespace doseline::storage
