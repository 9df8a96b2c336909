#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <stop_token>
#include <string>

namespace doseline::storage {

// A file that may be damaged, open for reading; knows nothing of its content. All failures throw
// fatal_error with one line that names the file.
class page_file {
public:
    explicit page_file(std::filesystem::path path);
    ~page_file();
    page_file(const page_file&) = delete;
    page_file& operator=(const page_file&) = delete;

    std::uint64_t size() const noexcept { return size_; }

    // REQUIRES: the bytes lie within size().
    void read(std::uint64_t offset, std::span<std::byte> into) const;

    // Asks the kernel for all of it in its order, until stopped. A disk is quickest that way, and
    // who reads it in another order meets it in memory.
    void read_ahead(const std::stop_token& stop) const;

    [[noreturn]] void damaged(const std::string& what) const;

private:
    [[noreturn]] void unreadable(const std::string& why) const;

    const std::filesystem::path path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

}  // namespace doseline::storage
