#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace doseline::net::cli {

// A command that may take minutes: says how far it is on stderr, once a second, and makes SIGINT
// and SIGTERM an exception, so that what is half-done is tidied up. One at a time in a process.
class long_command {
public:
    long_command();
    ~long_command();
    long_command(const long_command&) = delete;
    long_command& operator=(const long_command&) = delete;

    // Throws std::runtime_error once a signal has come.
    void tell(std::string_view doing, std::uint64_t done, std::uint64_t of);

private:
    using clock = std::chrono::steady_clock;
    clock::time_point next_line_;
    void (*interrupt_before_)(int);
    void (*terminate_before_)(int);
};

}  // namespace doseline::net::cli
