#pragma once

#include "core/movement_page.hpp"
#include "core/outcome.hpp"
#include "storage/ledger.hpp"

#include <functional>

namespace doseline::storage {

// A page of a clinic's movements; of a day: of those that occurred on it. Throws fatal_error.
core::movement_page read_movements(ledger_reader& from, const core::page_wanted& wanted,
                                   const std::function<void()>& give_way);

}  // namespace doseline::storage
