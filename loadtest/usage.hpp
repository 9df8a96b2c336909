#pragma once

#include <chrono>
#include <cstdint>

// What this process itself uses, so that nobody takes a busy client for a slow server.
namespace doseline::loadtest {

std::chrono::nanoseconds process_cpu_time() noexcept;
std::chrono::nanoseconds thread_cpu_time() noexcept;  // of the calling thread

// The calling thread runs when no other would (SCHED_IDLE). For clients in whose place many
// machines stand: with processors of their own they would keep nobody else from one.
void stand_back() noexcept;
// The calling thread does little at a time and wants to do it soon (Linux 6.12; else nothing
// changes): what it measures is the server's time, and not its own wait for a core.
void take_short_turns() noexcept;

// Bytes of memory that are this process's own (RssAnon). 0 when the system does not tell.
std::uint64_t resident_bytes();

}  // namespace doseline::loadtest
