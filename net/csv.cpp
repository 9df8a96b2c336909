#include "net/csv.hpp"

#include "net/utf8.hpp"

#include <algorithm>

namespace doseline::net {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

bool ends_line(std::string_view character) noexcept { return character.ends_with('\n'); }

std::string quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

}  // namespace

csv_reader::csv_reader(std::string_view text, std::string_view file,
                       std::span<const csv_column> columns)
    : text_(text), file_(file), columns_(columns) {
    if (text_.starts_with(byte_order_mark)) {
        text_.remove_prefix(byte_order_mark.size());
    }
    read_header();
}

bool csv_reader::next(std::vector<csv_cell>& row) {
    const text_position beginning = at_;
    if (peek().empty()) {
        return false;
    }
    read_cells();
    if (cells_.size() == 1 && cells_[0].text.empty() && asked_by_cell_.size() > 1) {
        fail(beginning, "an empty line: remove it");
    }
    if (cells_.size() != asked_by_cell_.size()) {
        const bool too_many = cells_.size() > asked_by_cell_.size();
        fail(too_many ? cells_[asked_by_cell_.size()].at : beginning,
             std::to_string(cells_.size()) + " cells where the header has " +
                 std::to_string(asked_by_cell_.size()) +
                 ": put a cell that holds a comma in quotes");
    }
    row.assign(columns_.size(), csv_cell{{}, beginning});
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        row[asked_by_cell_[i]] = std::move(cells_[i]);
    }
    return true;
}

void csv_reader::read_header() {
    if (peek().empty()) {
        fail(at_, "the file is empty: its first line must name the columns");
    }
    read_cells();
    std::vector<bool> seen(columns_.size());
    for (const csv_cell& cell : cells_) {
        const auto it = std::find_if(columns_.begin(), columns_.end(),
                                     [&](const csv_column& c) { return c.name == cell.text; });
        if (it == columns_.end()) {
            std::string known;
            for (const csv_column& column : columns_) {
                known.append(known.empty() ? "" : ",").append(column.name);
            }
            // Not by its text: a file without a header begins with somebody's number.
            fail(cell.at, "unknown column: the columns are " + known);
        }
        const auto n = static_cast<std::size_t>(it - columns_.begin());
        if (seen[n]) {
            fail(cell.at, "column " + quoted(cell.text) + " stands twice: remove one");
        }
        seen[n] = true;
        asked_by_cell_.push_back(n);
    }
    for (std::size_t n = 0; n < columns_.size(); ++n) {
        if (columns_[n].required && !seen[n]) {
            fail({}, "column " + quoted(columns_[n].name) + " is missing: add it");
        }
    }
}

void csv_reader::read_cells() {
    cells_.clear();
    for (;;) {
        cells_.push_back(read_cell());
        const std::string_view after = peek();
        take(after);
        if (after != ",") {
            return;
        }
    }
}

// Leaves the comma, the line's end or the text's end after it to be read.
csv_cell csv_reader::read_cell() {
    csv_cell cell{{}, at_};
    if (peek() == "\"") {
        read_quoted(cell.text);
        return cell;
    }
    for (std::string_view c = peek(); !c.empty() && c != "," && !ends_line(c); c = peek()) {
        if (c == "\"") {
            fail(at_, "a quote inside a cell: put the whole cell in quotes and double this one");
        }
        cell.text += c;
        take(c);
    }
    return cell;
}

void csv_reader::read_quoted(std::string& into) {
    const text_position opened = at_;
    take(peek());
    for (;;) {
        const std::string_view c = peek();
        if (c.empty()) {
            fail(opened, "this quote is never closed: add one at the end of the cell");
        }
        take(c);
        if (c == "\"") {
            const std::string_view after = peek();
            if (after.empty() || after == "," || ends_line(after)) {
                return;
            }
            if (after != "\"") {
                fail(at_, "text after the closing quote: double a quote that belongs to the cell");
            }
            take(after);
        }
        into += c;
    }
}

// The next character, empty at the end of the text; CRLF is one.
std::string_view csv_reader::peek() const {
    const std::string_view rest = text_.substr(next_byte_);
    if (rest.empty()) {
        return {};
    }
    if (rest.starts_with("\r\n")) {
        return rest.substr(0, 2);
    }
    if (rest.front() == '\r') {
        fail(at_, "a carriage return without a line feed: save the file with CRLF or LF");
    }
    const std::size_t size = code_point_size(rest);
    if (size == 0) {
        fail(at_, "not UTF-8: save the file as \"CSV UTF-8\"");
    }
    return rest.substr(0, size);
}

void csv_reader::take(std::string_view character) {
    next_byte_ += character.size();
    if (ends_line(character)) {
        ++at_.line;
        at_.column = 1;
    } else {
        ++at_.column;
    }
}

void csv_reader::fail(text_position at, std::string_view what_is_wrong) const {
    throw import_error(file_, at, what_is_wrong);
}

std::string csv_escape(std::string_view field) {
    if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string(field);
    }
    std::string escaped = "\"";
    for (const char c : field) {
        escaped.append(c == '"' ? 2 : 1, c);
    }
    return escaped + '"';
}

}  // namespace doseline::net
