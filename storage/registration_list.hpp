#pragma once

#include "core/outcome.hpp"
#include "core/registration_page.hpp"
#include "storage/ledger.hpp"

#include <functional>

namespace doseline::storage {

// A page of a clinic's registrations. It is read from the clinic's newest event on, whatever page
// is wanted: a change of a registration stands behind it, and the page shows what is true at its
// head. Throws fatal_error.
core::registration_page read_page(ledger_reader& from, const core::page_wanted& wanted,
                                  const std::function<void()>& give_way);

}  // namespace doseline::storage
