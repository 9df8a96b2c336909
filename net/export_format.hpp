#pragma once

#include "storage/export.hpp"

#include <string>

// A registration as a line of text for other programs. Both forms have the same columns in the same
// order; net/README.md describes them. A column once there keeps its name and its place: new ones
// come at the end of their group.
namespace doseline::net {

enum class export_form : std::uint8_t { ndjson, csv };

// What stands before the first row: CSV's names of columns.
std::string export_header(export_form form, bool personal);

// With its line feed, CRLF in CSV.
std::string export_line(export_form form, const storage::export_row& row);

}  // namespace doseline::net
