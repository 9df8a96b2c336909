#pragma once

#include "core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace doseline::loadtest {

using csv_row = std::vector<std::string>;

// RFC 4180: quoted fields may hold commas, line breaks and doubled quotes; lines end with LF or
// CRLF, the last one perhaps with neither. Empty lines are left out. Errors: malformed, for a quote
// that is never closed or that stands inside an unquoted field.
core::result<std::vector<csv_row>> parse_csv(std::string_view text);

}  // namespace doseline::loadtest
