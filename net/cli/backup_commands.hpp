#pragma once

#include <filesystem>
#include <iosfwd>

namespace doseline::net::cli {

// Both tell how far they are on stderr when they take long, end at the first SIGINT or SIGTERM with
// nothing left behind, and throw one line that says what to do.

// Beside a running server or without one.
void backup_registry(const std::filesystem::path& dir, const std::filesystem::path& file,
                     std::ostream& out);

// With a new operator's token, as a backup holds none.
void restore_registry(const std::filesystem::path& file, const std::filesystem::path& dir,
                      std::ostream& out);

}  // namespace doseline::net::cli
