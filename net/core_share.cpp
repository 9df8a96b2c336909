#include "net/core_share.hpp"

#include <linux/sched/types.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace doseline::net {

namespace {

id_t this_thread() noexcept { return static_cast<id_t>(::gettid()); }

}  // namespace

void take_short_turns() noexcept {
    constexpr long ordinary = 0;  // SCHED_OTHER; <sched.h> does not go together with the above
    if (::syscall(SYS_sched_getscheduler, 0) != ordinary) {
        return;  // whoever started the program knows better
    }
    sched_attr wish{};
    wish.size = sizeof wish;
    wish.sched_nice = ::getpriority(PRIO_PROCESS, this_thread());  // as it is
    wish.sched_runtime = 100'000;                                  // ns: the shortest that there is
    ::syscall(SYS_sched_setattr, 0, &wish, 0);
}

void stand_back() noexcept {
    constexpr int nicer = 10;
    ::setpriority(PRIO_PROCESS, this_thread(), ::getpriority(PRIO_PROCESS, this_thread()) + nicer);
}

}  // namespace doseline::net
