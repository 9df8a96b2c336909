#pragma once

#include "core/registry.hpp"
#include "core/totals.hpp"
#include "storage/fold.hpp"

#include <array>
#include <cstdint>

namespace doseline::storage {

// Holds what a recovery has made against a second fold of the same events: clinics, their accounts
// and doses, persons, lots, and by region the doses left and, by programme, given. Throws
// fatal_error naming the first difference. REQUIRES: both have taken the same events; totals are
// those of the recovery alone.
void check_agreement(const fold& ledger, const core::registry& state,
                     const core::dose_totals& totals);

// What the registry and the ledger say of a lot, place by place: equal, or one of them is wrong.
struct lot_figure {
    const char* what = "";
    std::int64_t served = 0;
    std::int64_t in_ledger = 0;
};
std::array<lot_figure, 11> lot_figures(const core::balances& nation, const fold::lot_sums& sums);

}  // namespace doseline::storage
