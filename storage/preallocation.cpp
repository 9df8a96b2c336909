#include "storage/preallocation.hpp"

#include <boost/align/aligned_allocator.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace doseline::storage {

namespace {

constexpr std::size_t direct_alignment = 4'096;  // of memory; what any disk is content with
constexpr std::uint64_t share_of_disk = 8;
constexpr int rests_per_write = 3;  // the file's lock is free three times out of four, at least

std::uint64_t ahead(const file_room& now) noexcept {
    return now.size > now.used ? now.size - now.used : 0;
}

[[noreturn]] void fail() { throw std::system_error(errno, std::system_category()); }

}  // namespace

std::uint64_t preallocation::wanted(const file_room& now) const noexcept {
    const std::uint64_t there = now.free + ahead(now);
    const std::uint64_t above_reserve = there > disk_reserve ? there - disk_reserve : 0;
    return std::min({std::max(now.used, least), most, above_reserve / share_of_disk});
}

bool preallocation::wants_chunk(const file_room& now, bool filling) const noexcept {
    return ahead(now) + chunk <= wanted(now) / (filling ? 1 : 2);
}

preallocator::preallocator(parts p, const rests& r)
    : parts_(std::move(p)), rests_(r), thread_([this] { run(); }) {}

preallocator::~preallocator() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    condition_.notify_one();
    thread_.join();
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

void preallocator::run() {
    std::chrono::nanoseconds rest{0};
    std::unique_lock lock(mutex_);
    while (!condition_.wait_for(lock, rest, [this] { return stopping_; })) {
        lock.unlock();
        rest = work();
        lock.lock();
    }
}

std::chrono::nanoseconds preallocator::work() try {
    open();
    filling_ = parts_.amount.wants_chunk(look(), filling_);
    if (!filling_) {
        return rests_.between_looks;
    }
    const auto began = std::chrono::steady_clock::now();
    append_chunk();
    return std::max<std::chrono::nanoseconds>(
        rests_per_write * (std::chrono::steady_clock::now() - began), rests_.between_chunks);
} catch (const std::exception& e) {
    filling_ = false;
    tell_once(e.what());
    return rests_.after_error;
}

// What cannot be told, for want of memory most likely, is no more worth a server than the zeros: it
// is told when it fails the next time.
void preallocator::tell_once(const char* why) noexcept try {
    if (!told_) {
        parts_.tell("no zeros are written ahead in " + parts_.file.string() + ": " + why +
                    "; nothing is lost by it, commits may take longer");
        told_ = true;
    }
} catch (...) {
}

void preallocator::open() {
    if (descriptor_ < 0) {
        descriptor_ = ::open(parts_.file.c_str(), O_WRONLY | O_APPEND | O_DIRECT | O_CLOEXEC);
        if (descriptor_ < 0) {
            fail();
        }
    }
}

file_room preallocator::look() const {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) {
        fail();
    }
    return {static_cast<std::uint64_t>(status.st_size), parts_.used(),
            std::filesystem::space(parts_.file).available};
}

// Less may be written than a chunk: the next look sees how much.
void preallocator::append_chunk() {
    static const std::vector<std::byte,
                             boost::alignment::aligned_allocator<std::byte, direct_alignment>>
        zeros(preallocation::chunk);
    if (::write(descriptor_, zeros.data(), zeros.size()) < 0) {
        fail();
    }
}

}  // namespace doseline::storage
