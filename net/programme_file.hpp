#pragma once

#include "core/programme.hpp"
#include "net/import_error.hpp"

#include <string_view>

// A programme as operators write it: a TOML file for each, so that a new season is a new file.
//
//     code = "2016-17"           # 1 to 20 letters, digits, '-', '_'
//     name = "..."               # 1 to 200 bytes
//     starts = 2016-10-04        # days, all included in what they bound
//     ends = 2017-04-30
//     utc_offset_minutes = 540   # whose midnight ends a day; -840 to 840; Korea's by default
//     priority = 0               # 0 to 255: which open programme a request without a name means
//     doses = 1                  # 1 to 20, by default 1
//     interval_days_min = 0      # between two doses; 0 to 3650
//
//     [[phase]]                  # 1 to 32: who may come, when and where
//     birth_from = 1800-01-01
//     birth_to = 1941-12-31
//     opens = 2016-10-04
//     closes = 2016-11-15
//     facilities = ["clinic", "health_centre"]   # by default both
//     funding = "national"       # or "local"; by default national
//     priority = 0               # 0 to 255: the highest of the open phases decides the funding
//
//     [[exception]]              # at most 16: a reason to be served outside the phases
//     code = "UNDERLYING_DISEASE"
//     evidence_required = true   # by default true
//     ...                        # and what a phase has
namespace doseline::net {

// file names the text in errors. Throws import_error: not TOML, an unknown or missing key, a value
// of another type or out of its range, whatever core::defect_of() finds. The version is 1; the
// registry counts it up when the code is known.
core::programme read_programme(std::string_view text, std::string_view file);

}  // namespace doseline::net
