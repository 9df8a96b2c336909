#include "storage/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

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
    ~descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    int number() const noexcept { return number_; }
    int close() noexcept { return ::close(std::exchange(number_, -1)); }

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

void sync_directory(const std::filesystem::path& path) {
    const auto directory = path.has_parent_path() ? path.parent_path() : ".";
    descriptor opened(directory, O_RDONLY | O_DIRECTORY, 0, "open");
    if (::fsync(opened.number()) != 0) {
        fail(errno, "sync", directory);
    }
}

}  // namespace

void make_private_directory(const std::filesystem::path& path) {
    if (::mkdir(path.c_str(), 0700) != 0) {
        fail(errno, "create", path);
    }
    if (::chmod(path.c_str(), 0700) != 0) {
        fail(errno, "set the mode of", path);
    }
    sync_directory(path);
}

void write_file(const std::filesystem::path& path, std::span<const std::byte> content,
                mode_t mode) {
    auto temporary = path;
    temporary += ".tmp";
    ::unlink(temporary.c_str());  // what a crash left behind
    descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL, private_mode, "create");
    // Each step only if the one before went well, so that errno is that of the first failure.
    // close() reports what a network file system could not write.
    const bool written = ::fchmod(file.number(), mode) == 0 && write_all(file.number(), content) &&
                         ::fsync(file.number()) == 0 && file.close() == 0 &&
                         ::rename(temporary.c_str(), path.c_str()) == 0;
    if (!written) {
        const int error = errno;
        ::unlink(temporary.c_str());
        fail(error, "write", path);
    }
    sync_directory(path);
}

void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
    write_file(path, std::as_bytes(std::span(content)), mode);
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
