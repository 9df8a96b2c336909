#pragma once

#include <filesystem>
#include <string>

namespace doseline::loadtest {

// Throws std::runtime_error with one line that names the file and why it cannot be read.
std::string read_whole_file(const std::filesystem::path& file);

}  // namespace doseline::loadtest
