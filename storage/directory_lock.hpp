#pragma once

#include <filesystem>

namespace doseline::storage {

// dir itself, when it holds a registry; else throws, saying what to do. For before a lock is taken:
// that would leave a file in any directory.
const std::filesystem::path& require_registry(const std::filesystem::path& dir);

// One process at a time writes a registry. DIR/lock holds its number, for people; the lock itself
// is the kernel's and goes with the process, however it ends.
class directory_lock {
public:
    // Throws "in use by process N", or why the file cannot be written.
    explicit directory_lock(const std::filesystem::path& dir);
    ~directory_lock();
    directory_lock(const directory_lock&) = delete;
    directory_lock& operator=(const directory_lock&) = delete;

private:
    int descriptor_ = -1;
};

}  // namespace doseline::storage
