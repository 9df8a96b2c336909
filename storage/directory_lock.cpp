#include "storage/directory_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace doseline::storage {

const std::filesystem::path& require_registry(const std::filesystem::path& dir) {
    if (!std::filesystem::exists(dir)) {
        throw std::runtime_error(dir.string() + " does not exist: run doseline init " +
                                 dir.string());
    }
    const std::filesystem::path ledger = dir / "ledger" / "data.mdb";
    if (!std::filesystem::exists(ledger)) {
        if (std::filesystem::exists(dir / "anchor")) {
            throw std::runtime_error(ledger.string() +
                                     " is missing: nothing is served; restore a backup");
        }
        throw std::runtime_error(dir.string() +
                                 " is not a registry's directory: run doseline init in an "
                                 "empty one");
    }
    return dir;
}

directory_lock::directory_lock(const std::filesystem::path& dir) {
    const std::string path = dir / "lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
        throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno));
    }
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        char holder[24] = {};
        const ssize_t size = ::pread(descriptor_, holder, sizeof holder - 1, 0);
        std::string number(holder, size > 0 ? static_cast<std::size_t>(size) : 0);
        number.erase(number.find_last_not_of('\n') + 1);
        ::close(descriptor_);
        throw std::runtime_error(dir.string() + " is in use by process " +
                                 (number.empty() ? "unknown" : number));
    }
    const std::string mine = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor_, 0) != 0 ||
        ::pwrite(descriptor_, mine.data(), mine.size(), 0) != static_cast<ssize_t>(mine.size())) {
        const std::string why = std::strerror(errno);
        ::close(descriptor_);
        throw std::runtime_error("cannot write " + path + ": " + why);
    }
}

directory_lock::~directory_lock() { ::close(descriptor_); }

}  // namespace doseline::storage
