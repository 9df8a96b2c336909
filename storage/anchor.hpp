#pragma once

#include "core/limits.hpp"
#include "storage/ledger.hpp"
#include "storage/recovery.hpp"
#include "storage/signature.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace doseline::storage {

// Where the two streams were at some moment, signed, in a second file DIR/anchor: a ledger that is
// shorter than its anchor, or another one there, is not served. The anchor is never ahead of what
// is durable; after a crash it may be a second behind.
struct anchor {
    must_pass heads;
    core::instant at;

    friend bool operator==(const anchor&, const anchor&) = default;
};

void write_anchor(const std::filesystem::path& dir, const anchor& a, signer& with);

// The same as bytes, for a backup. parse_anchor() throws as read_anchor(), naming the file.
std::string encode_anchor(const anchor& a, signer& with);
anchor parse_anchor(std::string_view content, const public_key& signed_by,
                    const std::filesystem::path& file);

// Throws fatal_error naming the file when it is missing, cut short, or not signed by this
// registry's key (DIR/anchor.pub).
anchor read_anchor(const std::filesystem::path& dir);

// Writes the anchor once a second while the ledger grows, and once more at the end, on a thread of
// its own: its syncs never hold up a commit. On a full disk the anchor stays where it was, and is
// written when there is room: a temporary file that did not fit leaves nothing unknown. Any other
// error is fatal.
//
// Thread safety: passed() by the committer, all else by the owner.
class anchor_keeper {
public:
    using on_fatal = std::function<void(std::string_view)>;

    anchor_keeper(std::filesystem::path dir, const key_ring& ring, on_fatal fatal,
                  std::chrono::milliseconds interval = core::limits::anchor_interval);
    ~anchor_keeper();  // writes what was passed last

    void passed(const stream_head& events, const stream_head& audit);

private:
    void run();
    bool write(const must_pass& heads);  // false when the disk is full

    const std::filesystem::path dir_;
    const on_fatal fatal_;
    const std::chrono::milliseconds interval_;
    signer signer_;
    std::mutex mutex_;
    std::condition_variable condition_;
    std::optional<must_pass> newest_;  // not written yet
    bool stopping_ = false;
    std::thread thread_;  // last: starts when all else is there
};

}  // namespace doseline::storage
