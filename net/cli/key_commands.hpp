#pragma once

#include <filesystem>
#include <iosfwd>

namespace doseline::net::cli {

// Puts a new data key beside those that are there, beside a running server or without one, and says
// what to do next: a key must be in the safe before anything is sealed under it, so a running
// server takes it only when it is told to. That it was made goes into the audit, as
// net/console_acts.hpp says. Throws one line that says what to do.
void rotate_data_key(const std::filesystem::path& dir, std::ostream& out);

// Wraps the data keys anew under a new master key, likewise. A running server has no use for the
// master key.
void renew_master_key(const std::filesystem::path& dir, std::ostream& out);

}  // namespace doseline::net::cli
