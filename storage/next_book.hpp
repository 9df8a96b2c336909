#pragma once

#include "core/registry.hpp"
#include "storage/backup.hpp"
#include "storage/lmdb_ledger.hpp"

#include <cstdint>

namespace doseline::storage {

// Opens the next book of a ledger: writes what carry_forward() gives, batch by batch, into a draft,
// and makes that the open book in one commit. Killed at any moment it leaves the book before as
// the open one, or the next one complete. First holds the registry against the proof's own fold of
// the closed book: what is carried forward is what both have. Returns how many events it wrote.
//
// state and totals are what a recovery of the ledger has made. at: of recording, not before the
// last event. opened: the audit record of who opens it. Throws fatal_error.
// REQUIRES: the open book is closed; the registry has not been published; nothing else uses it.
std::uint64_t open_next_book(lmdb_ledger& ledger, core::registry& state,
                             const core::dose_totals& totals, std::uint16_t year, core::instant at,
                             const core::audit_record& opened, const progress& tell);

}  // namespace doseline::storage
