#include "loadtest/usage.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <string>

namespace doseline::loadtest {

namespace {

std::chrono::nanoseconds read_clock(clockid_t clock) noexcept {
    timespec at{};
    ::clock_gettime(clock, &at);
    return std::chrono::seconds{at.tv_sec} + std::chrono::nanoseconds{at.tv_nsec};
}

}  // namespace

std::chrono::nanoseconds process_cpu_time() noexcept {
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

std::chrono::nanoseconds thread_cpu_time() noexcept { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

void stand_back() noexcept {
    constexpr int niceness = 10;
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
}

std::uint64_t resident_bytes() {
    std::ifstream status("/proc/self/status");
    std::string name;
    std::uint64_t kibibytes = 0;
    while (status >> name) {
        if (name == "RssAnon:" && status >> kibibytes) {
            return kibibytes * 1'024;
        }
    }
    return 0;
}

}  // namespace doseline::loadtest
