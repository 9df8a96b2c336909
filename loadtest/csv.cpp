#include "loadtest/csv.hpp"

#include <utility>

namespace doseline::loadtest {

namespace {

// Reads the quoted field that begins at text[at]; afterwards at is behind its closing quote.
core::result<std::string> quoted_field(std::string_view text, std::size_t& at) {
    std::string field;
    for (++at; at < text.size(); ++at) {
        if (text[at] != '"') {
            field += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
            field += text[++at];
        } else {
            ++at;
            return field;
        }
    }
    return core::errc::malformed;
}

bool ends_field(std::string_view text, std::size_t at) noexcept {
    return at == text.size() || text[at] == ',' || text[at] == '\n' || text.substr(at, 2) == "\r\n";
}

core::result<std::string> any_field(std::string_view text, std::size_t& at) {
    std::string field;
    if (at < text.size() && text[at] == '"') {
        auto quoted = quoted_field(text, at);
        if (!quoted) {
            return quoted.error();
        }
        field = std::move(*quoted);
    } else {
        while (!ends_field(text, at) && text[at] != '"') {
            field += text[at++];
        }
    }
    if (!ends_field(text, at)) {
        return core::errc::malformed;
    }
    return field;
}

}  // namespace

core::result<std::vector<csv_row>> parse_csv(std::string_view text) {
    std::vector<csv_row> rows;
    csv_row row;
    std::size_t at = 0;
    while (at < text.size()) {
        auto field = any_field(text, at);
        if (!field) {
            return field.error();
        }
        row.push_back(std::move(*field));
        if (at < text.size() && text[at] == ',') {
            ++at;
            if (at < text.size()) {
                continue;
            }
            row.emplace_back();  // the text ends behind a comma: one empty field more
        } else {
            at += text.substr(at, 2) == "\r\n" ? 2 : 1;
        }
        if (row.size() > 1 || !row.front().empty()) {
            rows.push_back(std::move(row));
        }
        row.clear();
    }
    return rows;
}

}  // namespace doseline::loadtest
