#pragma once

#include "loadtest/scenario.hpp"

#include <cstdint>
#include <optional>

namespace doseline::loadtest {

// The nation's figures as the server tells them, all at one sequence number.
struct season_totals {
    std::uint64_t seq = 0;
    std::int64_t doses = 0;
    std::int64_t remaining = 0;
};

// Asked with the first clinic's token. Nothing: no answer, or not in the contract's form. Waits at
// most 20 s.
std::optional<season_totals> ask_for_totals(const setting& here);

// One clinic's own figures, the same way. REQUIRES: clinic < here.clinics.size().
std::optional<season_totals> ask_for_totals_of(const setting& here, std::uint32_t clinic);

}  // namespace doseline::loadtest
