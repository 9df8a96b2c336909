#include "net/cli/long_command.hpp"

#include <csignal>
#include <iostream>
#include <stdexcept>
#include <string>

namespace doseline::net::cli {

namespace {

// Most calls are over by then and say nothing.
constexpr std::chrono::seconds silent_for{2};
constexpr std::chrono::seconds between_lines{1};

volatile std::sig_atomic_t stopped_by = 0;

void remember(int number) { stopped_by = number; }

}  // namespace

long_command::long_command()
    : next_line_(clock::now() + silent_for), interrupt_before_(std::signal(SIGINT, remember)),
      terminate_before_(std::signal(SIGTERM, remember)) {
    stopped_by = 0;
}

long_command::~long_command() {
    std::signal(SIGINT, interrupt_before_);
    std::signal(SIGTERM, terminate_before_);
}

void long_command::tell(std::string_view doing, std::uint64_t done, std::uint64_t of) {
    if (stopped_by != 0) {
        throw std::runtime_error("stopped by a signal: it is not done, run it again");
    }
    const clock::time_point now = clock::now();
    if (now >= next_line_ && of > 0) {
        next_line_ = now + between_lines;
        std::cerr << doing << ' ' << done * 100 / of << " %\n";
    }
}

}  // namespace doseline::net::cli
