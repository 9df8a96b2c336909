#pragma once

#include "core/event.hpp"

namespace doseline::storage {

// The number of the first record that is not older, where is_older(number) says whether there is
// such a record and it is older than what is looked for; one past the last where all are. Reads
// some forty records, whatever their number. REQUIRES: no record is older than one before it.
template <class IsOlder>
core::sequence first_not_older(IsOlder&& is_older) {
    core::sequence older = 0;
    core::sequence step = 1;
    while (is_older(older + step)) {
        older += step;
        step *= 2;
    }
    for (; step != 0; step /= 2) {
        older += is_older(older + step) ? step : 0;
    }
    return older + 1;
}

}  // namespace doseline::storage
