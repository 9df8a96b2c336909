#pragma once

#include <stdlib.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace doseline::bench {

// An empty directory on a real disk, gone with the object: in TMPDIR, or where that is not set
// beside the program, because /tmp is in memory on many machines and syncs there cost nothing.
class scratch_directory {
public:
    scratch_directory() {
        const char* asked = std::getenv("TMPDIR");
        const std::filesystem::path parent =
            asked != nullptr ? asked
                             : std::filesystem::read_symlink("/proc/self/exe").parent_path();
        std::string name = (parent / "doseline-bench-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::system_error(errno, std::generic_category(), name);
        }
        path_ = name;
    }
    ~scratch_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace doseline::bench
