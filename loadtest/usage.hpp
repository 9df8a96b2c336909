#pragma once

#include <chrono>
#include <cstdint>

// What this process itself uses, so that nobody takes a busy client for a slow server.
namespace doseline::loadtest {

std::chrono::nanoseconds process_cpu_time() noexcept;
std::chrono::nanoseconds thread_cpu_time() noexcept;  // of the calling thread

// The calling thread gives way to every other one. For clients in whose place many machines stand:
// with processors of their own they would keep nobody else's client from one.
void stand_back() noexcept;

// Bytes of memory that are this process's own (RssAnon). 0 when the system does not tell.
std::uint64_t resident_bytes();

}  // namespace doseline::loadtest
