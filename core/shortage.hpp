#pragma once

#include <cstdint>

namespace doseline::core {

// For want of what nothing is stored: of the disk the reserve alone is left, or of the address
// space that the ledger's file is mapped into.
enum class shortage : std::uint8_t { none, disk, map };

}  // namespace doseline::core
