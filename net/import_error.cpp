#include "net/import_error.hpp"

#include "core/civil_time.hpp"
#include "core/limits.hpp"

#include <algorithm>

namespace doseline::net {

namespace {

std::string line_of(std::string_view file, text_position at, std::string_view what_is_wrong) {
    std::string line(file);
    line.append(":").append(std::to_string(at.line)).append(":");
    line.append(std::to_string(at.column)).append(": ").append(what_is_wrong);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }, '?');
    return line;
}

}  // namespace

import_error::import_error(std::string_view file, text_position at, std::string_view what,
                           std::string_view column)
    : std::runtime_error(line_of(file, at, what)), field(column), what_is_wrong(what) {}

std::string must_be_a_day() {
    return "must be a day from " + core::format_day(core::limits::day_min) + " to " +
           core::format_day(core::limits::day_max) + ", such as 2016-10-04";
}

}  // namespace doseline::net
