#include "loadtest/scenario.hpp"

#include "loadtest/scenarios/hog.hpp"
#include "loadtest/scenarios/hold.hpp"
#include "loadtest/scenarios/morning.hpp"
#include "loadtest/scenarios/night.hpp"
#include "loadtest/scenarios/overload.hpp"
#include "loadtest/scenarios/reconnect.hpp"
#include "loadtest/scenarios/replay.hpp"
#include "loadtest/scenarios/rush.hpp"
#include "loadtest/scenarios/slow.hpp"
#include "loadtest/scenarios/stockout.hpp"

#include <algorithm>
#include <array>

namespace doseline::loadtest {

namespace {

constexpr std::array table{
    scenario{"hold", "holds --connections and offers --rate requests a second on them, half checks",
             10, run_hold},
    scenario{"rush", "--connections fresh ones within --seconds, each logs in, checks, registers",
             60, run_rush},
    scenario{"morning", "a day's curve, with exceptions, wrong digits and impatient clinics", 10,
             run_morning},
    scenario{"night", "clinics enter their day's forms in batches, and everything again", 20,
             run_night},
    scenario{"hog", "one clinic asks --rate times a second beside the others, in the second half",
             20, run_hog},
    scenario{"slow", "--slow hostile peers of each kind beside --connections that work", 30,
             run_slow},
    scenario{"replay", "sends every registration of --acks, or of its own, again and compares", 10,
             run_replay},
    scenario{"stockout", "vaccine runs out while clinics register, ask, send, receive and count",
             20, run_stockout},
    scenario{"reconnect", "--storm clients come back at once beside --connections that work", 10,
             run_reconnect},
    scenario{"overload", "from 50 to 1000 % of the measured capacity and back, --seconds each", 3,
             run_overload},
};

}  // namespace

std::span<const scenario> scenarios() noexcept { return table; }

const scenario* find_scenario(std::string_view name) noexcept {
    const auto it =
        std::find_if(table.begin(), table.end(), [&](const scenario& s) { return s.name == name; });
    return it == table.end() ? nullptr : &*it;
}

}  // namespace doseline::loadtest
