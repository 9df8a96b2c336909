#pragma once

#include <boost/system/error_code.hpp>

#include <cstddef>

// The limit on descriptors (RLIMIT_NOFILE) is one of a descriptor table, not of a process: a thread
// that takes a table of its own may open as many again. So one process holds more connections than
// its limit, which not even root may raise everywhere.
//
// What a private table is: a copy of the shared one at the moment of leaving it. What was open
// before has the same number in all tables and is the same open file; what is opened later, or
// closed, is so in one table alone.
//
// Hence, in a program whose reactors have left the shared table:
// * Whatever two threads use must be open before the first of them leaves. An io_context makes its
//   epoll, eventfd and timerfd with its first I/O object; made later, other threads' wake-ups go to
//   whatever has those numbers in their table, or nowhere, and nothing says so.
// * A socket is closed by the thread that opened it. On another thread its number is free, or is
//   another file: a close there leaks the one and destroys the other. So a reactor ends its
//   connections itself, before its thread ends.
// * A reactor closes nothing that it inherited. It would free the number in its own table only, and
//   the file would stay open: a listener goes on listening until shutdown() says otherwise, which
//   speaks to the socket and not to the number.
// * No such thread touches LMDB: its descriptors may have been opened later, and its locks belong
//   to a table.
// * Signal handlers that write to a descriptor must not run there: signals are blocked in reactors
//   (net/stop_signals.hpp) and taken by one thread that stays.
namespace doseline::net::descriptor_table {

// Raises the limit to the highest that this process may have without asking, and returns it.
// The hard limit is the administrator's and stays.
std::size_t raise_limit();

// Why a thread of this process may not leave the shared table, if so: containers and seccomp may
// forbid it. Tries it, on a thread that ends.
boost::system::error_code can_be_left();

// The calling thread leaves, for good. Throws boost::system::system_error.
void leave();

}  // namespace doseline::net::descriptor_table
