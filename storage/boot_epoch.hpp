#pragma once

#include "core/civil_time.hpp"

#include <cstdint>
#include <filesystem>

namespace doseline::storage {

// A number that no earlier start of this registry has had, durable before it is returned; nonces of
// sealed data begin with it. Kept in DIR/keys/boot.epoch, beside the keys and not in the ledger,
// because a restored backup must not turn it back; and never below the clock's seconds, because a
// restored copy of the keys must not either. REQUIRES: the caller holds the lock on DIR.
std::uint32_t advance_boot_epoch(const std::filesystem::path& dir, core::instant now);

}  // namespace doseline::storage
