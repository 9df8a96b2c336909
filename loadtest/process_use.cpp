#include "loadtest/process_use.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace doseline::loadtest {

namespace {

std::string read(const std::string& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// "PID (NAME) STATE ...": the name may hold blanks and parentheses, so the last one ends it.
std::optional<std::chrono::nanoseconds> cpu_in(const std::string& stat, std::string_view name) {
    const std::size_t open = stat.find('(');
    const std::size_t close = stat.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close < open ||
        !std::string_view(stat).substr(open + 1, close - open - 1).starts_with(name)) {
        return std::nullopt;
    }
    std::istringstream rest(stat.substr(close + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        rest >> skipped;
    }
    std::int64_t user = 0;
    std::int64_t system = 0;
    if (!(rest >> user >> system)) {
        return std::nullopt;
    }
    constexpr std::int64_t second = 1'000'000'000;
    return std::chrono::nanoseconds{(user + system) * (second / ::sysconf(_SC_CLK_TCK))};
}

}  // namespace

std::optional<process_use> use_of(int process, std::string_view name) {
    const std::string folder = "/proc/" + std::to_string(process);
    const auto cpu = cpu_in(read(folder + "/stat"), name);
    if (!cpu) {
        return std::nullopt;
    }
    constexpr std::string_view label = "RssAnon:";
    const std::string status = read(folder + "/status");
    const std::size_t at = status.find(label);
    if (at == std::string::npos) {
        return std::nullopt;
    }
    std::istringstream number(status.substr(at + label.size(), 40));
    std::uint64_t kibibytes = 0;
    number >> kibibytes;
    return process_use{*cpu, kibibytes * 1'024};
}

}  // namespace doseline::loadtest
