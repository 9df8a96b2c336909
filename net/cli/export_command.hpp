#pragma once

#include "net/export_format.hpp"

#include <filesystem>
#include <string>

namespace doseline::net::cli {

struct export_options {
    export_form form = export_form::ndjson;
    bool personal = false;
    std::string reason;      // of a personal one
    std::uint16_t book = 0;  // 0: the open one
};

// Writes every registration of a book that is committed when it begins to the descriptor. Throws
// one line that says what to do: also when the other end of a pipe goes away, or when it is
// stopped; what was written until then is not the whole.
//
// Without personal data it reads beside a running server, and that somebody did goes into the audit
// as net/console_acts.hpp says. With them, who saw whose data and why must be in the audit,
// durably, before the first row leaves; only who writes the ledger can put it there, so nobody may
// serve dir meanwhile ("in use by process N").
//
// Throws std::invalid_argument for a reason that is none.
void export_registry(const std::filesystem::path& dir, const export_options& how, int descriptor);

}  // namespace doseline::net::cli
