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
    sched_attr wish{};  // the policy of all others, SCHED_OTHER
    wish.size = sizeof wish;
    wish.sched_nice = ::getpriority(PRIO_PROCESS, this_thread());  // as it is
    wish.sched_runtime = 100'000;                                  // ns: the shortest that there is
    ::syscall(SYS_sched_setattr, 0, &wish, 0);
}

void stand_back() noexcept {
    constexpr int niceness = 10;
    ::setpriority(PRIO_PROCESS, this_thread(), niceness);
}

}  // namespace doseline::net
