#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

// Files that must be whole or absent, and readable by whom they are meant for. Failures throw
// std::system_error whose text is "cannot VERB PATH: what errno says".
namespace doseline::storage {

inline constexpr mode_t private_mode = 0600;
inline constexpr mode_t public_mode = 0644;

// 0700 whatever the umask. Fails when it exists.
void make_private_directory(const std::filesystem::path& path);

// A file on its way: until publish() its bytes lie in PATH.tmp, which goes with the object. One
// writer per path at a time. The mode holds whatever the umask, from the first byte on.
class pending_file {
public:
    pending_file(std::filesystem::path path, mode_t mode);
    ~pending_file();
    pending_file(const pending_file&) = delete;
    pending_file& operator=(const pending_file&) = delete;

    const std::filesystem::path& temporary() const noexcept { return temporary_; }
    void write(std::span<const std::byte> content);
    // On the disk when it returns, and no longer in memory: who reads it then, reads the disk.
    void sync();
    // Synced, and in the place of what was there before, durably.
    void publish();

private:
    [[noreturn]] void fail(int error) const;

    const std::filesystem::path path_;
    const std::filesystem::path temporary_;
    int descriptor_ = -1;
};

// Durable when it returns; at any crash the old file or the new one is there, whole. One writer per
// path at a time. The mode holds whatever the umask, from the first byte on.
void write_file(const std::filesystem::path& path, std::span<const std::byte> content, mode_t mode);
void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode);

// Makes what was made, renamed or removed in it durable.
void sync_directory(const std::filesystem::path& directory);

// Overwrites a file in place with zeros and removes it, both durably. A file system that writes
// elsewhere, or a disk that moves its blocks, may keep what was there: that is why a key on disk is
// wrapped under another.
void destroy_file(const std::filesystem::path& path);

// A regular file of at most bytes_max; a larger one fails with "File too large".
std::string read_file(const std::filesystem::path& path, std::size_t bytes_max);

// Into memory that the caller guards and wipes; returns the size. Refuses, with a text that names
// the remedy, a file that group or others can read.
std::size_t read_private_file(const std::filesystem::path& path, std::span<std::byte> into);

}  // namespace doseline::storage
