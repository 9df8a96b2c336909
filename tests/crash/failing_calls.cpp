// Preloaded into a program, makes one of its calls on a registry's files fail. The environment says
// which; without DOSELINE_FAIL_DIR every call goes through.
//
//   DOSELINE_FAIL_DIR    calls on files in this directory count
//   DOSELINE_FAIL_ONLY   calls of this name alone count, such as fdatasync. In no other way count
//                        pthread_create and accept, which are on no file, and lmdb: what of LMDB's
//                        own calls begins, changes or commits something
//   DOSELINE_FAIL_CALL   the number of the first that fails, from 1
//   DOSELINE_FAIL_EVER   set: all after it fail, too, until there is the file DOSELINE_FAIL_UNTIL
//   DOSELINE_FAIL_HOW    refuse: not done, an error; after: done, an error all the same; half: a
//                        write does its first half and says so, anything else is refused; lie: not
//                        done, and no error; slow: done, after DOSELINE_FAIL_MS milliseconds or as
//                        soon as there is the file DOSELINE_FAIL_UNTIL; kill: not done, and the
//                        program is killed
//   DOSELINE_FAIL_ERRNO  the error's number
//   DOSELINE_FAIL_LOG    a file that gets a line for each call that counts
#include <dlfcn.h>
#include <fcntl.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>

namespace {

enum class fault { none, refuse, after, half, lie };

std::string_view word(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

unsigned number(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? 0 : static_cast<unsigned>(std::strtoul(value, nullptr, 10));
}

template <class Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

int log_file() {
    static const int file = [] {
        const std::string path(word("DOSELINE_FAIL_LOG"));
        // Not through our own open, which would count it.
        static const auto real = next<int (*)(const char*, int, ...)>("open");
        return path.empty() ? -1
                            : real(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }();
    return file;
}

void log(const std::string& line) {
    static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
    if (log_file() >= 0) {
        [[maybe_unused]] const auto told = real(log_file(), line.data(), line.size());
    }
}

bool is_over() {
    static const std::string until(word("DOSELINE_FAIL_UNTIL"));
    return !until.empty() && ::access(until.c_str(), F_OK) == 0;
}

void take_time() {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(number("DOSELINE_FAIL_MS"));
    while (std::chrono::steady_clock::now() < end && !is_over()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

fault strike(const char* call, std::string_view path) {
    static const std::string dir(word("DOSELINE_FAIL_DIR"));
    static const std::string only(word("DOSELINE_FAIL_ONLY"));
    static const std::string how(word("DOSELINE_FAIL_HOW"));
    static const unsigned first = number("DOSELINE_FAIL_CALL");
    static const bool for_ever = !word("DOSELINE_FAIL_EVER").empty();
    static std::atomic<unsigned> calls{0};
    if (dir.empty() || !path.starts_with(dir) || (!only.empty() && only != call)) {
        return fault::none;
    }
    const unsigned n = ++calls;
    const bool fails = first != 0 && (n == first || (n > first && for_ever && !is_over()));
    log(std::to_string(n) + ' ' + call + ' ' + std::string(path.substr(dir.size())) +
        (fails ? " fails\n" : "\n"));
    if (!fails) {
        return fault::none;
    }
    if (how == "slow") {
        take_time();
        return fault::none;
    }
    if (how == "kill") {
        ::raise(SIGKILL);
    }
    errno = static_cast<int>(number("DOSELINE_FAIL_ERRNO"));
    return how == "after"  ? fault::after
           : how == "half" ? fault::half
           : how == "lie"  ? fault::lie
                           : fault::refuse;
}

fault strike(const char* call, int fd) {
    char link[64];
    char path[4'096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = ::readlink(link, path, sizeof path);
    return n < 0 ? fault::none : strike(call, std::string_view(path, static_cast<std::size_t>(n)));
}

template <class Result, class Call>
Result done(fault f, Result error, Call&& call) {
    if (f == fault::none) {
        return call();
    }
    const int code = errno;
    if (f == fault::after) {
        call();
    }
    errno = code;
    return f == fault::lie ? Result{} : error;
}

template <class Whole, class Half>
ssize_t written(fault f, Whole&& whole, Half&& half) {
    return f == fault::half ? half() : done<ssize_t>(f, -1, whole);
}

bool lmdb_fails(const char* call) {
    return word("DOSELINE_FAIL_ONLY") == "lmdb" &&
           strike("lmdb", std::string(word("DOSELINE_FAIL_DIR")) + '/' + call) != fault::none;
}

mode_t mode_in(int flags, va_list rest) {
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    static const auto real = next<int (*)(const char*, int, ...)>("open");
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = mode_in(flags, rest);
    va_end(rest);
    return done(strike("open", path), -1, [&] { return real(path, flags, mode); });
}

int open64(const char* path, int flags, ...) {
    static const auto real = next<int (*)(const char*, int, ...)>("open64");
    va_list rest;
    va_start(rest, flags);
    const mode_t mode = mode_in(flags, rest);
    va_end(rest);
    return done(strike("open", path), -1, [&] { return real(path, flags, mode); });
}

ssize_t write(int fd, const void* from, size_t bytes) {
    static const auto real = next<decltype(&write)>("write");
    return written(
        strike("write", fd), [&] { return real(fd, from, bytes); },
        [&] { return real(fd, from, (bytes + 1) / 2); });
}

ssize_t pwrite(int fd, const void* from, size_t bytes, off_t at) {
    static const auto real = next<decltype(&pwrite)>("pwrite");
    return written(
        strike("pwrite", fd), [&] { return real(fd, from, bytes, at); },
        [&] { return real(fd, from, (bytes + 1) / 2, at); });
}

ssize_t pwrite64(int fd, const void* from, size_t bytes, off64_t at) {
    return pwrite(fd, from, bytes, at);
}

ssize_t writev(int fd, const iovec* parts, int count) {
    static const auto real = next<decltype(&writev)>("writev");
    return written(
        strike("writev", fd), [&] { return real(fd, parts, count); },
        [&] { return real(fd, parts, (count + 1) / 2); });
}

ssize_t pwritev(int fd, const iovec* parts, int count, off_t at) {
    static const auto real = next<decltype(&pwritev)>("pwritev");
    return written(
        strike("pwritev", fd), [&] { return real(fd, parts, count, at); },
        [&] { return real(fd, parts, (count + 1) / 2, at); });
}

ssize_t pwritev64(int fd, const iovec* parts, int count, off64_t at) {
    return pwritev(fd, parts, count, at);
}

int fsync(int fd) {
    static const auto real = next<decltype(&fsync)>("fsync");
    return done(strike("fsync", fd), -1, [&] { return real(fd); });
}

int fdatasync(int fd) {
    static const auto real = next<decltype(&fdatasync)>("fdatasync");
    return done(strike("fdatasync", fd), -1, [&] { return real(fd); });
}

int msync(void* at, size_t bytes, int flags) {
    static const auto real = next<decltype(&msync)>("msync");
    const std::string dir(word("DOSELINE_FAIL_DIR"));  // a map has no path: all count
    return done(strike("msync", dir), -1, [&] { return real(at, bytes, flags); });
}

int ftruncate(int fd, off_t bytes) noexcept {
    static const auto real = next<decltype(&ftruncate)>("ftruncate");
    return done(strike("ftruncate", fd), -1, [&] { return real(fd, bytes); });
}

int ftruncate64(int fd, off64_t bytes) noexcept { return ftruncate(fd, bytes); }

void* mmap(void* at, size_t bytes, int protection, int flags, int fd, off_t from) noexcept {
    static const auto real = next<decltype(&mmap)>("mmap");
    const auto call = [&] { return real(at, bytes, protection, flags, fd, from); };
    return fd < 0 ? call() : done(strike("mmap", fd), MAP_FAILED, call);
}

void* mmap64(void* at, size_t bytes, int protection, int flags, int fd, off64_t from) noexcept {
    return mmap(at, bytes, protection, flags, fd, from);
}

int fchmod(int fd, mode_t mode) noexcept {
    static const auto real = next<decltype(&fchmod)>("fchmod");
    return done(strike("fchmod", fd), -1, [&] { return real(fd, mode); });
}

int rename(const char* from, const char* to) noexcept {
    static const auto real = next<decltype(&rename)>("rename");
    return done(strike("rename", to), -1, [&] { return real(from, to); });
}

int unlink(const char* path) noexcept {
    static const auto real = next<decltype(&unlink)>("unlink");
    return done(strike("unlink", path), -1, [&] { return real(path); });
}

int pthread_create(pthread_t* made, const pthread_attr_t* how, void* (*run)(void*),
                   void* with) noexcept {
    static const auto real = next<decltype(&pthread_create)>("pthread_create");
    const bool counts = word("DOSELINE_FAIL_ONLY") == "pthread_create";
    const fault f = counts ? strike("pthread_create", word("DOSELINE_FAIL_DIR")) : fault::none;
    return f == fault::none ? real(made, how, run, with) : errno;
}

int accept(int listener, sockaddr* peer, socklen_t* bytes) {
    static const auto real = next<decltype(&accept)>("accept");
    const bool counts = word("DOSELINE_FAIL_ONLY") == "accept";
    const fault f = counts ? strike("accept", word("DOSELINE_FAIL_DIR")) : fault::none;
    return done(f, -1, [&] { return real(listener, peer, bytes); });
}

int mdb_env_create(MDB_env** made) {
    static const auto real = next<decltype(&mdb_env_create)>("mdb_env_create");
    return lmdb_fails("mdb_env_create") ? errno : real(made);
}

int mdb_env_open(MDB_env* env, const char* path, unsigned flags, mdb_mode_t mode) {
    static const auto real = next<decltype(&mdb_env_open)>("mdb_env_open");
    return lmdb_fails("mdb_env_open") ? errno : real(env, path, flags, mode);
}

int mdb_dbi_open(MDB_txn* in, const char* name, unsigned flags, MDB_dbi* opened) {
    static const auto real = next<decltype(&mdb_dbi_open)>("mdb_dbi_open");
    return lmdb_fails("mdb_dbi_open") ? errno : real(in, name, flags, opened);
}

int mdb_txn_begin(MDB_env* env, MDB_txn* parent, unsigned flags, MDB_txn** begun) {
    static const auto real = next<decltype(&mdb_txn_begin)>("mdb_txn_begin");
    return lmdb_fails("mdb_txn_begin") ? errno : real(env, parent, flags, begun);
}

// One that fails has ended its transaction.
int mdb_txn_commit(MDB_txn* ended) {
    static const auto real = next<decltype(&mdb_txn_commit)>("mdb_txn_commit");
    static const auto abort = next<decltype(&mdb_txn_abort)>("mdb_txn_abort");
    if (!lmdb_fails("mdb_txn_commit")) {
        return real(ended);
    }
    const int code = errno;
    abort(ended);
    return code;
}

int mdb_cursor_open(MDB_txn* in, MDB_dbi of, MDB_cursor** opened) {
    static const auto real = next<decltype(&mdb_cursor_open)>("mdb_cursor_open");
    return lmdb_fails("mdb_cursor_open") ? errno : real(in, of, opened);
}

int mdb_put(MDB_txn* in, MDB_dbi of, MDB_val* key, MDB_val* value, unsigned flags) {
    static const auto real = next<decltype(&mdb_put)>("mdb_put");
    return lmdb_fails("mdb_put") ? errno : real(in, of, key, value, flags);
}

int statvfs(const char* path, struct statvfs* into) noexcept {
    static const auto real = next<int (*)(const char*, struct statvfs*)>("statvfs");
    return done(strike("statvfs", path), -1, [&] { return real(path, into); });
}

}  // extern "C"
