#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

struct clinic {
    std::string code;   // 8 digits
    std::string token;  // a device token; never printed
};

// The rows of a clinics file, whose header names at least the columns code and token, in any order.
// Throws std::runtime_error with one line that names the row that is wrong.
std::vector<clinic> parse_clinics(std::string_view text);

// Throws also when the file cannot be read.
std::vector<clinic> read_clinics(const std::filesystem::path& file);

}  // namespace doseline::loadtest
