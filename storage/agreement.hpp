#pragma once

#include "core/registry.hpp"
#include "core/totals.hpp"
#include "storage/fold.hpp"

namespace doseline::storage {

// Holds what a recovery has made against a second fold of the same events: clinics, their accounts,
// persons, lots, and doses by region and programme. Throws fatal_error naming the first difference.
// REQUIRES: both have taken the same events; totals are those of the recovery alone.
void check_agreement(const fold& ledger, const core::registry& state,
                     const core::dose_totals& totals);

}  // namespace doseline::storage
