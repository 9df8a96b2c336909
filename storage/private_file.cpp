#include "storage/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

namespace doseline::storage {
namespace {

[[noreturn]] void fail(int error, const char* verb, const std::filesystem::path& path) {
    throw std::system_error(error, std::generic_category(),
                            std::string("cannot ") + verb + " " + path.string());
}

class descriptor {
public:
    descriptor(const std::filesystem::path& path, int flags, mode_t mode, const char* verb)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
        if (number_ < 0) {
            fail(errno, verb, path);
        }
    }
    ~descriptor() { ::close(number_); }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    int number() const noexcept { return number_; }

private:
    int number_;
};

bool write_all(int fd, std::span<const std::byte> content) {
    while (!content.empty()) {
        const ssize_t n = ::write(fd, content.data(), content.size());
        if (n < 0 && errno != EINTR) {
            return false;
        }
        content = content.subspan(n < 0 ? 0 : static_cast<std::size_t>(n));
    }
    return true;
}

std::size_t read_all(int fd, std::span<std::byte> into, const std::filesystem::path& path) {
    std::size_t size = 0;
    while (size < into.size()) {
        const ssize_t n = ::read(fd, into.data() + size, into.size() - size);
        if (n == 0) {
            break;
        }
        if (n < 0 && errno != EINTR) {
            fail(errno, "read", path);
        }
        size += n < 0 ? 0 : static_cast<std::size_t>(n);
    }
    return size;
}

struct stat examine(const descriptor& file, std::size_t bytes_max,
                    const std::filesystem::path& path) {
    struct stat facts {};
    if (::fstat(file.number(), &facts) != 0) {
        fail(errno, "read", path);
    }
    if (!S_ISREG(facts.st_mode)) {
        fail(S_ISDIR(facts.st_mode) ? EISDIR : EINVAL, "read", path);
    }
    if (static_cast<std::size_t>(facts.st_size) > bytes_max) {
        fail(EFBIG, "read", path);
    }
    return facts;
}

std::filesystem::path parent_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace

void sync_directory(const std::filesystem::path& directory) {
    const descriptor opened(directory, O_RDONLY | O_DIRECTORY, 0, "open");
    if (::fsync(opened.number()) != 0) {
        fail(errno, "sync", directory);
    }
}

void make_private_directory(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0700) != 0) {
        fail(errno, "create", path);
    }
    if (::chmod(path.c_str(), 0700) != 0) {
        fail(errno, "set the mode of", path);
    }
    sync_directory(parent_of(path));
}

pending_file::pending_file(std::filesystem::path path, mode_t mode)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp") {
    ::unlink(temporary_.c_str());  // what a crash left behind
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, private_mode);
    if (descriptor_ < 0) {
        storage::fail(errno, "create", temporary_);
    }
    if (::fchmod(descriptor_, mode) != 0) {
        const int error = errno;
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
        fail(error);
    }
}

pending_file::~pending_file() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
    }
}

void pending_file::fail(int error) const { storage::fail(error, "write", path_); }

void pending_file::write(std::span<const std::byte> content) {
    if (!write_all(descriptor_, content)) {
        fail(errno);
    }
}

void pending_file::sync() {
    if (::fsync(descriptor_) != 0) {
        fail(errno);
    }
    static_cast<void>(::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED));
}

void pending_file::publish() {
    // Each step only if the one before went well, so that errno is that of the first failure.
    // close() reports what a network file system could not write.
    const bool published = ::fsync(descriptor_) == 0 &&
                           ::close(std::exchange(descriptor_, -1)) == 0 &&
                           ::rename(temporary_.c_str(), path_.c_str()) == 0;
    if (!published) {
        const int error = errno;
        ::unlink(temporary_.c_str());
        fail(error);
    }
    sync_directory(parent_of(path_));
}

void write_file(const std::filesystem::path& path, std::span<const std::byte> content,
                mode_t mode) {
    pending_file file(path, mode);
    file.write(content);
    file.publish();
}

void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
    write_file(path, std::as_bytes(std::span(content)), mode);
}

void destroy_file(const std::filesystem::path& path) {
    {
        const descriptor file(path, O_WRONLY, 0, "open");
        const std::vector<std::byte> zeros(std::filesystem::file_size(path));
        if (!write_all(file.number(), zeros) || ::fsync(file.number()) != 0) {
            fail(errno, "overwrite", path);
        }
    }
    if (::unlink(path.c_str()) != 0) {
        fail(errno, "remove", path);
    }
    sync_directory(parent_of(path));
}

std::string read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    // A named pipe in the place of a file must not make a start hang.
    const descriptor file(path, O_RDONLY | O_NONBLOCK, 0, "open");
    std::string content(static_cast<std::size_t>(examine(file, bytes_max, path).st_size), '\0');
    content.resize(read_all(file.number(), std::as_writable_bytes(std::span(content)), path));
    return content;
}

std::size_t read_private_file(const std::filesystem::path& path, std::span<std::byte> into) {
    const descriptor file(path, O_RDONLY | O_NONBLOCK, 0, "open");
    if ((examine(file, into.size(), path).st_mode & 077) != 0) {
        throw std::system_error(EPERM, std::generic_category(),
                                path.string() + " is open to others than its owner; check who " +
                                    "read it, then chmod 600 it");
    }
    return read_all(file.number(), into, path);
}

}  // namespace doseline::storage
