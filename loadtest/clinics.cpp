#include "loadtest/clinics.hpp"

#include "loadtest/csv.hpp"
#include "loadtest/files.hpp"

#include <algorithm>
#include <stdexcept>

namespace doseline::loadtest {

namespace {

std::size_t column_of(const csv_row& header, std::string_view name) {
    const auto it = std::find(header.begin(), header.end(), name);
    if (it == header.end()) {
        throw std::runtime_error("the clinics file has no column \"" + std::string(name) + "\"");
    }
    return static_cast<std::size_t>(it - header.begin());
}

// What may stand in a header line: a token with a line break would smuggle a header in.
bool is_visible(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char ch) { return ch > ' ' && ch <= '~'; });
}

}  // namespace

std::vector<clinic> parse_clinics(std::string_view text) {
    const auto rows = parse_csv(text);
    if (!rows) {
        throw std::runtime_error("the clinics file is not CSV: a quote is not closed or misplaced");
    }
    if (rows->size() < 2) {
        throw std::runtime_error("the clinics file has no clinic");
    }
    const csv_row& header = rows->front();
    const std::size_t code = column_of(header, "code");
    const std::size_t token = column_of(header, "token");
    std::vector<clinic> clinics;
    clinics.reserve(rows->size() - 1);
    for (std::size_t i = 1; i < rows->size(); ++i) {
        const csv_row& row = (*rows)[i];
        if (row.size() != header.size() || !is_visible(row[code]) || !is_visible(row[token])) {
            throw std::runtime_error("row " + std::to_string(i + 1) +
                                     " of the clinics file has no code and token");
        }
        clinics.push_back({row[code], row[token]});
    }
    return clinics;
}

std::vector<clinic> read_clinics(const std::filesystem::path& file) {
    return parse_clinics(read_whole_file(file));
}

}  // namespace doseline::loadtest
