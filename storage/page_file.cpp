#include "storage/page_file.hpp"

#include "storage/ledger.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace doseline::storage {

page_file::page_file(std::filesystem::path path)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) {
        unreadable(std::strerror(errno));
    }
    struct stat status {};
    const bool is_file = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode);
    if (!is_file) {
        ::close(descriptor_);
        unreadable("not a file");
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
}

page_file::~page_file() { ::close(descriptor_); }

void page_file::read(std::uint64_t offset, std::span<std::byte> into) const {
    while (!into.empty()) {
        const ssize_t got =
            ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            unreadable(std::strerror(errno));
        }
        if (got == 0) {
            damaged("it became shorter while it was read");
        }
        offset += static_cast<std::uint64_t>(got);
        into = into.subspan(static_cast<std::size_t>(got));
    }
}

void page_file::read_ahead(const std::stop_token& stop) const {
    constexpr std::uint64_t step = std::uint64_t{8} << 20;
    for (std::uint64_t at = 0; at < size_ && !stop.stop_requested(); at += step) {
        ::posix_fadvise(descriptor_, static_cast<off_t>(at), static_cast<off_t>(step),
                        POSIX_FADV_WILLNEED);
    }
}

void page_file::damaged(const std::string& what) const {
    throw fatal_error(path_.string() + " is damaged: " + what +
                      "; nothing is served: restore a backup");
}

void page_file::unreadable(const std::string& why) const {
    throw fatal_error(path_.string() + " cannot be read (" + why +
                      "); nothing is served: restore a backup");
}

}  // namespace doseline::storage
