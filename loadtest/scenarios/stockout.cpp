#include "loadtest/scenarios/stockout.hpp"

#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/report.hpp"
#include "loadtest/stockout_load.hpp"
#include "loadtest/truth.hpp"

#include <algorithm>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace doseline::loadtest {

namespace {

namespace json = boost::json;

constexpr std::uint32_t clinics_default = 300;
constexpr double limit_ms_default = 150;

using loads_of_threads = std::vector<std::unique_ptr<stockout_load>>;

stockout_plan plan_of(const setting& here) {
    stockout_plan plan;
    const auto clinics = static_cast<std::uint32_t>(here.clinics.size());
    plan.clinics = here.asked.connections.value_or(std::min(clinics, clinics_default));
    plan.threads = std::min(here.asked.threads, plan.clinics);
    plan.rate = here.asked.rate;
    plan.length = here.asked.length;
    plan.seed = here.asked.seed;
    if (plan.clinics > clinics) {
        throw std::runtime_error(
            "a stockout has as many --connections as there are clinics at most, " +
            std::to_string(clinics) + ": each keeps the books of one clinic");
    }
    return plan;
}

struct stock_seen {
    std::uint64_t clinics = 0;
    std::uint64_t agreeing = 0;
    std::uint64_t below_zero = 0;
    std::uint64_t moved = 0;
    std::uint64_t refused = 0;
    std::uint64_t wrong_remaining = 0;
    std::uint64_t wrong_flags = 0;
    std::uint64_t wrong_movements = 0;
    std::uint64_t wrong_polls = 0;
    std::int64_t brought = 0;
};

stock_seen sum(const stockout_plan& plan, const loads_of_threads& loads) {
    stock_seen all;
    all.clinics = plan.clinics;
    for (const auto& load : loads) {
        all.agreeing += load->agreeing_clinics.get();
        all.below_zero += load->below_zero.get();
        all.moved += load->moved.get();
        all.refused += load->stock_refusals.get();
        all.wrong_remaining += load->wrong_remaining.get();
        all.wrong_flags += load->wrong_flags.get();
        all.wrong_movements += load->wrong_movements.get();
        all.wrong_polls += load->wrong_polls.get();
        all.brought += load->brought;
    }
    return all;
}

void judge_stock(const stock_seen& seen, judgement& to) {
    to.add("shots with nothing on hand", seen.below_zero > 0,
           "at least one: a season with few doses a clinic", std::to_string(seen.below_zero));
    to.expect_none("registrations refused", seen.refused);
    to.expect_none("registrations that did not lower what is left by one", seen.wrong_remaining);
    to.expect_none("registrations told otherwise than the stock says", seen.wrong_flags);
    to.expect_none("movements that left another stock", seen.wrong_movements);
    to.expect_none("answers about stock and totals unlike the books", seen.wrong_polls);
    to.add("clinics whose stock at the end is what the books say", seen.agreeing == seen.clinics,
           "all " + std::to_string(seen.clinics), std::to_string(seen.agreeing));
}

json::object describe(const stock_seen& seen) {
    return {{"clinics", seen.clinics},
            {"agreeing_at_the_end", seen.agreeing},
            {"shots_with_nothing_on_hand", seen.below_zero},
            {"movements", seen.moved},
            {"doses_brought_by_movements", seen.brought},
            {"registrations_refused", seen.refused},
            {"wrong_remaining", seen.wrong_remaining},
            {"wrong_flags", seen.wrong_flags},
            {"wrong_movements", seen.wrong_movements},
            {"wrong_polls", seen.wrong_polls}};
}

}  // namespace

bool run_stockout(const setting& here) {
    const stockout_plan plan = plan_of(here);
    truth record(here);
    fleet ships(here, plan.clinics);
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(plan.threads);
    loads_of_threads loads;
    std::vector<actor*> actors;
    std::vector<const load_counts*> counts;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<stockout_load>(ships.loop(i), writer, here.clinics, plan,
                                                        i, line, record.record()));
        actors.push_back(loads.back().get());
        counts.push_back(loads.back().get());
    }
    std::cout << "stockout: " << plan.clinics << " clinics at " << here.target.text << ", "
              << plan.rate << " requests/s, seed " << plan.seed << ", threads " << plan.threads
              << std::endl;
    live_line watched(counts);
    ships.run(actors, [&] {
        std::uint64_t below_zero = 0;
        for (const auto& load : loads) {
            below_zero += load->below_zero.get();
        }
        std::cerr << watched.next() << "; shots with nothing on hand " << below_zero << std::endl;
    });

    const load_result result(counts);
    const stock_seen seen = sum(plan, loads);
    print(std::cout, result, plan.rate);
    std::cout << "stock: shots with nothing on hand " << seen.below_zero << ", movements "
              << seen.moved << ", which brought " << seen.brought << " doses\n";
    judgement all;
    judge_load(result, here.asked.limit_ms.value_or(limit_ms_default), all);
    judge_stock(seen, all);
    json::object summary = loadtest::describe(result, plan.rate);
    summary["stock"] = describe(seen);
    summary["truth"] = record.compare(result.in_doubt, all, seen.brought);
    json::object asked = describe_asked(here);
    asked["connections"] = plan.clinics;
    asked["rate"] = plan.rate;
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest
