#include "tests/crash/loop_disk.hpp"

#include "tests/support/program.hpp"

#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace doseline::test {

namespace {

// fs/ext4/ext4.h; no header of the system's has them.
constexpr unsigned long ext4_shutdown = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t without_flushing_the_log = 2;

[[noreturn]] void fail(const std::string& what) {
    throw std::system_error(errno, std::system_category(), what);
}

class descriptor {
public:
    descriptor(int number, const std::string& what) : number_(number) {
        if (number < 0) {
            fail(what);
        }
    }
    ~descriptor() { ::close(number_); }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    int number() const noexcept { return number_; }

private:
    const int number_;
};

void enter_own_mounts() {
    [[maybe_unused]] static const bool done = [] {
        if (::unshare(CLONE_NEWNS) != 0 ||
            ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
            fail("a mount namespace");
        }
        return true;
    }();
}

}  // namespace

const std::string& loop_disk::unavailable() {
    static const std::string why = [] {
        try {
            loop_disk tried;
            tried.cut();
            tried.restore();
            return std::string();
        } catch (const std::exception& e) {
            return std::string("no disk to cut the power of (needs root, loop devices, ext4): ") +
                   e.what();
        }
    }();
    return why;
}

loop_disk::loop_disk(std::uint64_t bytes) {
    enter_own_mounts();
    const descriptor image(::memfd_create("doseline-test-disk", MFD_CLOEXEC), "memory for a disk");
    if (::ftruncate(image.number(), static_cast<off_t>(bytes)) != 0) {
        fail("memory for a disk");
    }
    attach(image.number());
    try {
        const run_result made = run_program("/sbin/mkfs.ext4", {"-q", "-F", "-m", "0", device_});
        if (made.exit_code != 0) {
            throw std::runtime_error("mkfs.ext4: " + made.err);
        }
        std::filesystem::create_directory(path());
        mount();
    } catch (...) {
        ::close(loop_);
        throw;
    }
}

loop_disk::~loop_disk() {
    unmount();
    ::close(loop_);
}

// Another process may take the free device first.
void loop_disk::attach(int image) {
    const descriptor control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC), "/dev/loop-control");
    loop_config config{};
    config.fd = static_cast<std::uint32_t>(image);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    for (int tries = 0; tries < 20; ++tries) {
        const int number = ::ioctl(control.number(), LOOP_CTL_GET_FREE);
        if (number < 0) {
            fail("a free loop device");
        }
        device_ = "/dev/loop" + std::to_string(number);
        const int loop = ::open(device_.c_str(), O_RDWR | O_CLOEXEC);
        if (loop < 0) {
            fail(device_);
        }
        if (::ioctl(loop, LOOP_CONFIGURE, &config) == 0) {
            loop_ = loop;
            return;
        }
        const int error = errno;
        ::close(loop);
        errno = error;
        if (error != EBUSY) {
            break;
        }
    }
    fail(device_);
}

void loop_disk::mount() {
    if (::mount(device_.c_str(), path().c_str(), "ext4", MS_NOATIME, nullptr) != 0) {
        fail("mount " + device_);
    }
    mounted_ = true;
}

void loop_disk::unmount() noexcept {
    if (mounted_) {
        ::umount2(path().c_str(), MNT_DETACH);
        mounted_ = false;
    }
}

void loop_disk::sync() const {
    const descriptor root(::open(path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path());
    if (::syncfs(root.number()) != 0) {
        fail("sync " + device_);
    }
}

void loop_disk::cut() {
    const descriptor root(::open(path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path());
    std::uint32_t how = without_flushing_the_log;
    if (::ioctl(root.number(), ext4_shutdown, &how) != 0) {
        fail("cut the power of " + device_);
    }
}

void loop_disk::restore() {
    if (::umount2(path().c_str(), 0) != 0) {
        fail("unmount " + device_);
    }
    mounted_ = false;
    mount();
}

void loop_disk::fill_up_to(std::uint64_t bytes_left) {
    const descriptor filler(
        ::open((path() / "filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600), "the filler");
    struct statvfs disk {};
    ::statvfs(path().c_str(), &disk);
    const std::uint64_t room = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (room > bytes_left) {
        const off_t end = ::lseek(filler.number(), 0, SEEK_END);
        const int error =
            ::posix_fallocate(filler.number(), end, static_cast<off_t>(room - bytes_left));
        if (error != 0 && !(error == ENOSPC && bytes_left == 0)) {
            errno = error;
            fail("fill " + device_);
        }
    }
}

void loop_disk::free_again() { std::filesystem::remove(path() / "filler"); }

}  // namespace doseline::test
