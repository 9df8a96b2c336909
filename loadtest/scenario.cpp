#include "loadtest/scenario.hpp"

#include "loadtest/scenarios/hold.hpp"
#include "loadtest/scenarios/replay.hpp"

#include <algorithm>
#include <array>

namespace doseline::loadtest {

namespace {

constexpr std::array table{
    scenario{"hold", "holds --connections and offers --rate requests a second on them, half checks",
             false, run_hold},
    scenario{"replay", "sends every registration of --acks again and compares the answers", true,
             run_replay},
};

}  // namespace

std::span<const scenario> scenarios() noexcept { return table; }

const scenario* find_scenario(std::string_view name) noexcept {
    const auto it =
        std::find_if(table.begin(), table.end(), [&](const scenario& s) { return s.name == name; });
    return it == table.end() ? nullptr : &*it;
}

}  // namespace doseline::loadtest
