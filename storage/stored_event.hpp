#pragma once

#include "core/event.hpp"
#include "storage/ledger.hpp"

#include <optional>
#include <vector>

namespace doseline::storage {

// One event, read by its number; nothing when there is none of that number. record is scratch.
// Throws fatal_error, for one that does not decode, too.
std::optional<core::event> read_event(ledger_reader& from, core::sequence seq,
                                      std::vector<std::byte>& record);

// One that a later event names. Throws fatal_error where there is none.
core::event read_named_event(ledger_reader& from, core::sequence seq,
                             std::vector<std::byte>& record);

// What is attached, sealed, to a registration that says that it is extended.
std::vector<std::byte> read_extension_of(ledger_reader& from, core::sequence registration,
                                         std::vector<std::byte>& record);

}  // namespace doseline::storage
