#pragma once

#include <sys/types.h>

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>

namespace doseline::test {

// What a process has in memory that is no file's (RssAnon), in KiB.
inline std::int64_t anonymous_kib(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssAnon:")) {
            return std::stoll(line.substr(8));
        }
    }
    throw std::runtime_error("no RssAnon");
}

}  // namespace doseline::test
