#pragma once

#include "net/import_error.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// Comma-separated values as RFC 4180 has them: UTF-8, with or without a byte order mark; lines end
// in LF or CRLF; the first line names the columns, in any order.
namespace doseline::net {

struct csv_column {
    std::string_view name;
    bool required = true;
};

struct csv_cell {
    std::string text;  // without its quotes
    text_position at;  // of its first character, the quote if it has one
};

// Reads row by row, and strictly: a file that could be read in two ways is refused where it could.
// The text, the file's name and the columns must outlive the reader.
class csv_reader {
public:
    // Reads the header. Throws import_error, for an unknown, missing or double column too.
    csv_reader(std::string_view text, std::string_view file, std::span<const csv_column> columns);

    // The next row's cells in the order of the columns asked for; a column that the file does not
    // have is empty, at the row's beginning. False, and row is left alone, after the last one.
    // Throws import_error: a row with more or fewer cells than the header, a quote in the middle of
    // a cell or never closed, a carriage return alone, bytes that are not UTF-8.
    bool next(std::vector<csv_cell>& row);

private:
    void read_header();
    void read_cells();
    csv_cell read_cell();
    void read_quoted(std::string& into);
    std::string_view peek() const;
    void take(std::string_view character);
    [[noreturn]] void fail(text_position at, std::string_view what_is_wrong) const;

    std::string_view text_;
    std::string_view file_;
    std::span<const csv_column> columns_;
    std::size_t next_byte_ = 0;
    text_position at_;
    std::vector<csv_cell> cells_;             // of the line read last, as they stand in the file
    std::vector<std::size_t> asked_by_cell_;  // which column asked for each of them is
};

// A field as it is written: in quotes where the reader needs them. Nothing is put before a leading
// '=' or '-': the file is for programs, and tokens may begin with a hyphen.
std::string csv_escape(std::string_view field);

}  // namespace doseline::net
