#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace doseline::loadtest {

inline constexpr std::uint32_t threads_max = 64;

// The command line, checked for form; what it names is not looked at yet.
struct options {
    std::string scenario;
    std::string target;  // HOST:PORT
    std::string admin;   // HOST:PORT
    std::filesystem::path clinics;
    std::filesystem::path authority;           // default: ca.pem beside the clinics file
    std::filesystem::path operator_token;      // default: operator.token beside the clinics file
    std::optional<std::uint32_t> connections;  // >= 1; the scenario knows the default
    double rate = 100;                         // requests a second, > 0
    std::chrono::nanoseconds length{std::chrono::seconds{10}};  // > 0; the scenario's default
    std::chrono::nanoseconds warmup{0};
    std::filesystem::path report;    // empty: none
    std::filesystem::path baseline;  // another run's summary.json; empty: none
    std::filesystem::path acks;      // empty: none
    std::filesystem::path curve{"loadtest/curves/first_day.csv"};  // morning: the day's shape
    double speed = 60;               // morning: how many times faster than the day, >= 1
    std::optional<double> limit_ms;  // > 0; the scenario knows the default
    double floor_ms = 5;             // > 0; what a 99 % may be, however little it was before
    unsigned rounds = 1;             // overload: how often all of its steps are taken
    bool no_retry = false;           // overload: what is refused is not asked again
    double goodput_percent = 90;     // overload: of the most, that each step must reach
    std::uint32_t storm = 30'000;    // reconnect: clients that come back at once, >= 1
    std::uint32_t slow = 50;         // slow: peers of each kind, >= 1
    double reconnects = 0;           // hold: a second, >= 0
    std::uint32_t cut = 0;           // hold: connections that are reset after the warmup
    std::uint64_t seed = 0;          // default: another one every run
    std::uint32_t threads = 1;       // 1..threads_max; default 2 where there are four cores or more
    bool allow_remote = false;
    std::vector<std::string> command;  // as given
};

// What main() returns at once, after printing the text to stdout (code 0) or stderr (2).
struct early_exit {
    int code = 0;
    std::string text;
};

std::variant<options, early_exit> parse_options(std::span<const char* const> arguments);

}  // namespace doseline::loadtest
