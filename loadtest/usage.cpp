#include "loadtest/usage.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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
    const sched_param none{};
    ::sched_setscheduler(0, SCHED_IDLE, &none);
}

void take_short_turns() noexcept {
    struct {  // sched_attr of linux/sched/types.h, which does not go together with <sched.h>
        std::uint32_t size = sizeof(*this);
        std::uint32_t policy = SCHED_OTHER;
        std::uint64_t flags = 0;
        std::int32_t nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
        std::uint32_t priority = 0;
        std::uint64_t runtime = 100'000;  // ns: the shortest slice
        std::uint64_t deadline = 0;
        std::uint64_t period = 0;
    } wish;
    ::syscall(SYS_sched_setattr, 0, &wish, 0);
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
