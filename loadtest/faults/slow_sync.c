/* A commodity disk, for a process that is started with this library in LD_PRELOAD: whatever waits
 * for the disk waits DOSELINE_SYNC_DELAY_MS milliseconds longer. That is fsync, fdatasync, msync
 * with MS_SYNC, and a pwrite to a file that was opened with O_DSYNC or O_SYNC, which is how LMDB
 * writes its meta page. What is written stays the same, and so do results and errno. */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct timespec delay;

__attribute__((constructor)) static void read_delay(void) {
    const char* text = getenv("DOSELINE_SYNC_DELAY_MS");
    const long ms = text == NULL ? 0 : strtol(text, NULL, 10);
    if (ms > 0 && ms <= 10000) {
        delay.tv_sec = ms / 1000;
        delay.tv_nsec = ms % 1000 * 1000000;
    }
}

static void wait_for_disk(void) {
    const int kept = errno;
    struct timespec left = delay;
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
    errno = kept;
}

/* The function of the C library that the one of the same name here stands before. */
static void* next_function(const char* name) {
    void* const found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        abort();
    }
    return found;
}

static int waits_for_disk(int fd) {
    const int kept = errno;
    const int flags = fcntl(fd, F_GETFL);
    errno = kept;
    return flags >= 0 && (flags & (O_DSYNC | O_SYNC)) != 0;
}

int fsync(int fd) {
    static int (*next)(int);
    if (next == NULL) {
        next = (int (*)(int))next_function("fsync");
    }
    const int result = next(fd);
    wait_for_disk();
    return result;
}

int fdatasync(int fd) {
    static int (*next)(int);
    if (next == NULL) {
        next = (int (*)(int))next_function("fdatasync");
    }
    const int result = next(fd);
    wait_for_disk();
    return result;
}

int msync(void* begin, size_t bytes, int flags) {
    static int (*next)(void*, size_t, int);
    if (next == NULL) {
        next = (int (*)(void*, size_t, int))next_function("msync");
    }
    const int result = next(begin, bytes, flags);
    if ((flags & MS_SYNC) != 0) {
        wait_for_disk();
    }
    return result;
}

ssize_t pwrite(int fd, const void* from, size_t bytes, off_t at) {
    static ssize_t (*next)(int, const void*, size_t, off_t);
    if (next == NULL) {
        next = (ssize_t(*)(int, const void*, size_t, off_t))next_function("pwrite");
    }
    const ssize_t result = next(fd, from, bytes, at);
    if (waits_for_disk(fd)) {
        wait_for_disk();
    }
    return result;
}

/* Where off_t has 64 bits, programs may be linked against either name. */
ssize_t pwrite64(int fd, const void* from, size_t bytes, off_t at) {
    return pwrite(fd, from, bytes, at);
}
