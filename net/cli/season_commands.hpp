#pragma once

#include "net/demo_season.hpp"

#include <filesystem>
#include <iosfwd>
#include <string>

namespace doseline::net::cli {

// Both ask, before they write it, whether the disk's reserve would be left, and end with nothing
// done where it would not.

// A new registry with a demo season, and DIR/clinics.csv with a device token for each clinic. Tells
// out what was made.
void make_demo(const std::filesystem::path& dir, const demo_options& wishes,
               std::uint64_t disk_reserve_bytes, std::ostream& out);

// All of the file or nothing. what is one of the words that import_kind_named() knows. Throws
// import_error with the place of what is wrong.
void import_file(const std::filesystem::path& dir, const std::string& what,
                 const std::filesystem::path& file, std::uint64_t disk_reserve_bytes,
                 std::ostream& out);

}  // namespace doseline::net::cli
