#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>

namespace doseline::test {

// How many descriptors each thread of a process sees, by thread id. Of the server, which cannot be
// dumped, only root may ask: throws std::filesystem::filesystem_error.
inline std::map<std::string, std::size_t> descriptors_by_thread(pid_t process) {
    namespace fs = std::filesystem;
    std::map<std::string, std::size_t> all;
    for (const auto& thread :
         fs::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
        std::size_t open = 0;
        for ([[maybe_unused]] const auto& one : fs::directory_iterator(thread.path() / "fd")) {
            ++open;
        }
        all[thread.path().filename().string()] = open;
    }
    return all;
}

}  // namespace doseline::test
