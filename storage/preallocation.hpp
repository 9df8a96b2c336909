#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

namespace doseline::storage {

// A file that grows, and its disk. Bytes.
struct file_room {
    std::uint64_t size = 0;
    std::uint64_t used = 0;  // of the file, from its beginning
    std::uint64_t free = 0;  // on the disk
};

// How far zeros go ahead of what is used. Bytes.
struct preallocation {
    // One write, for whose time a commit cannot write to the file.
    static constexpr std::size_t chunk = 256u << 10;
    static constexpr std::uint64_t default_most = 64u << 20;
    static constexpr std::uint64_t least = 4u << 20;

    std::uint64_t most = default_most;
    std::uint64_t disk_reserve = 0;  // of the disk's free bytes, for others

    // As much as is used, so that a small file stays small; and of what the disk has above the
    // reserve an eighth: it is the ledger's own that comes to the reserve, not zeros.
    std::uint64_t wanted(const file_room& now) const noexcept;

    // Begins when half is left, and goes on until all is there: so most of the time, and through
    // most storms, nothing is written at all.
    bool wants_chunk(const file_room& now, bool filling) const noexcept;
};

// Writes zeros behind what the ledger uses of its file, on a thread of its own, so that a commit
// finds blocks that were written before. A commit that grows the file waits in its sync for more
// than its bytes: for the file system's journal, or for a kernel thread that notes the new blocks
// as written and gets its turn late when the cores are wanted.
//
// Only an append, whose place the kernel finds under the file's lock: nothing that another
// descriptor has written is ever written over, whatever comes first. Past the page cache, so that
// no commit's sync has zeros to carry, and unsynced: the file's new length goes with the next
// commit, once for all chunks. It rests after each, and is of no lower priority than who commits:
// it has the file's lock while it writes.
//
// Nothing depends on it. What fails, say a full disk or a file system that knows no direct writes
// (O_DIRECT; those that refuse it would gain nothing), is told once, and tried again later. Zeros
// stay in the file at the end, and the next start finds them.
//
// Thread safety: made and ended by its owner.
class preallocator {
public:
    struct parts {
        std::filesystem::path file;           // which is there
        std::function<std::uint64_t()> used;  // of its bytes; called on this thread
        preallocation amount;
        // Once, why it does nothing; on this thread. What it throws only puts it off.
        std::function<void(std::string_view)> tell;
    };
    struct rests {
        std::chrono::milliseconds between_looks{250};
        std::chrono::milliseconds between_chunks{5};  // at least: 50 MiB a second
        std::chrono::milliseconds after_error{60'000};
    };

    explicit preallocator(parts p) : preallocator(std::move(p), rests{}) {}
    preallocator(parts p, const rests& r);
    ~preallocator();  // within a chunk
    preallocator(const preallocator&) = delete;
    preallocator& operator=(const preallocator&) = delete;

private:
    void run();
    std::chrono::nanoseconds work();  // returns for how long to rest
    void tell_once(const char* why) noexcept;
    void open();
    file_room look() const;
    void append_chunk();

    const parts parts_;
    const rests rests_;
    int descriptor_ = -1;
    bool filling_ = false;
    bool told_ = false;
    std::mutex mutex_;
    std::condition_variable condition_;
    bool stopping_ = false;  // guarded by mutex_
    std::thread thread_;     // last: starts when all else is there
};

}  // namespace doseline::storage
