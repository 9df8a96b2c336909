#include "net/descriptor_table.hpp"

#include <boost/system/system_error.hpp>

#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <thread>

namespace doseline::net::descriptor_table {

namespace {

boost::system::error_code try_leave() {
    if (::unshare(CLONE_FILES) == 0) {
        return {};
    }
    return {errno, boost::system::system_category()};
}

}  // namespace

std::size_t raise_limit() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);  // within what is allowed: cannot fail
    return static_cast<std::size_t>(files.rlim_max);
}

boost::system::error_code can_be_left() {
    boost::system::error_code ec;
    std::thread([&ec] { ec = try_leave(); }).join();
    return ec;
}

void leave() {
    if (const boost::system::error_code ec = try_leave()) {
        throw boost::system::system_error(ec, "a descriptor table of a thread's own");
    }
}

}  // namespace doseline::net::descriptor_table
