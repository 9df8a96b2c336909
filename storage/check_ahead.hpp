#pragma once

#include "storage/ledger.hpp"

namespace doseline::storage {

// As from.check_from(), but reading and hashing are a thread's of their own, some thousand records
// ahead of this one, on which visit and at_seal are called: a start has two cores to itself, and
// half of its work is the chain. What visit is told does not change: a batch is visited when its
// seal has been found right, and never when it has not. No record is copied: visit reads it where
// the other thread has just read it.
//
// Throws what from or the visitors throw; the other thread has ended by then.
// REQUIRES: nobody else uses from meanwhile, and nobody writes to its ledger; threads share the
// process's descriptor table (LMDB).
stream_head check_ahead(ledger_reader& from, stream s, const stream_head& after,
                        const ledger_reader::visitor& visit, const ledger_reader::sealed& at_seal);

}  // namespace doseline::storage
