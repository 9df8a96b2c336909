#include "loadtest/scenarios/night.hpp"

#include "loadtest/conclusion.hpp"
#include "loadtest/fleet.hpp"
#include "loadtest/live_line.hpp"
#include "loadtest/night_load.hpp"
#include "loadtest/report.hpp"
#include "loadtest/totals.hpp"
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

constexpr std::uint32_t clinics_default = 50;
constexpr double limit_ms_default = 1'000;  // of a batch, whose rows meet each other
constexpr std::uint32_t clinics_asked_max = 50;

using loads_of_threads = std::vector<std::unique_ptr<night_load>>;

night_plan plan_of(const setting& here) {
    night_plan plan;
    const auto clinics = static_cast<std::uint32_t>(here.clinics.size());
    plan.clinics = here.asked.connections.value_or(std::min(clinics, clinics_default));
    plan.threads = std::min(here.asked.threads, plan.clinics);
    plan.length = here.asked.length;
    plan.written_before = std::chrono::system_clock::now();
    plan.seed = here.asked.seed;
    if (plan.clinics > clinics) {
        throw std::runtime_error(
            "a night has as many --connections as there are clinics at most, " +
            std::to_string(clinics));
    }
    constexpr double rate_max = pcs_a_clinic * pc_rows_per_second;
    const double rate_each = here.asked.rate / plan.clinics;
    if (rate_each > rate_max) {
        throw std::runtime_error("each clinic may send " + std::to_string(int(rate_max)) +
                                 " rows/s of a night: give it more --connections, or a lower "
                                 "--rate");
    }
    const double seconds = std::chrono::duration<double>(plan.length).count();
    plan.forms_each = static_cast<std::uint32_t>(std::max(1.0, rate_each * seconds / 2));
    return plan;
}

struct form_counts {
    std::uint64_t planned = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t known = 0;
    std::uint64_t unlike = 0;
    std::uint64_t refused = 0;
    std::uint64_t over_cap = 0;
    std::uint64_t wrong = 0;

    // Each form has one first answer and one second one.
    std::uint64_t answers() const noexcept { return acknowledged + known + unlike; }
};

form_counts sum(const night_plan& plan, const loads_of_threads& loads) {
    form_counts all;
    all.planned = std::uint64_t{plan.clinics} * plan.forms_each;
    for (const auto& load : loads) {
        all.acknowledged += load->forms().acknowledged.get();
        all.known += load->forms().known.get();
        all.unlike += load->forms().unlike.get();
        all.refused += load->rows_refused.get();
        all.over_cap += load->over_cap.get();
        all.wrong += load->rows_wrong.get();
    }
    return all;
}

// Some clinics' own figures, evenly chosen where there are many.
class clinic_figures {
public:
    clinic_figures(const setting& here, const night_plan& plan) : here_(here), plan_(plan) {
        for (std::uint32_t i = 0; i < std::min(plan.clinics, clinics_asked_max); ++i) {
            const std::uint32_t clinic = static_cast<std::uint32_t>(
                std::uint64_t{i} * plan.clinics / std::min(plan.clinics, clinics_asked_max));
            before_.emplace_back(clinic, ask_for_totals_of(here, clinic));
        }
    }

    // Every clinic has so many doses more as it had forms, and so many fewer left.
    void judge(judgement& to) const {
        std::uint64_t off = 0;
        for (const auto& [clinic, before] : before_) {
            const auto after = ask_for_totals_of(here_, clinic);
            const std::int64_t forms = plan_.forms_each;
            off += before && after && after->doses - before->doses == forms &&
                           before->remaining - after->remaining == forms
                       ? 0
                       : 1;
        }
        to.add("clinics whose own figures moved by their forms", off == 0,
               "all " + std::to_string(before_.size()), std::to_string(before_.size() - off));
    }

private:
    const setting& here_;
    const night_plan& plan_;
    std::vector<std::pair<std::uint32_t, std::optional<season_totals>>> before_;
};

void judge_forms(const form_counts& n, judgement& to) {
    to.add("forms acknowledged", n.acknowledged == n.planned, std::to_string(n.planned),
           std::to_string(n.acknowledged));
    to.add("forms told a second time", n.answers() == 2 * n.planned, std::to_string(n.planned),
           std::to_string(n.known + n.unlike));
    to.expect_none("second answers unlike the first", n.unlike);
    to.expect_none("rows that are no receipt", n.wrong);
    to.expect_none("rows refused for the clinic's own cap", n.over_cap);
}

json::object describe(const form_counts& n, double rows_per_second) {
    return {{"forms", n.planned},    {"acknowledged", n.acknowledged},    {"told_again", n.known},
            {"unlike", n.unlike},    {"rows_refused", n.refused},         {"over_cap", n.over_cap},
            {"no_receipt", n.wrong}, {"rows_per_second", rows_per_second}};
}

void print_rows(std::ostream& out, const form_counts& n, const histogram& batches, double rate) {
    const auto ms = [&](double share) { return static_cast<double>(batches.at(share)) / 1e6; };
    out << "rows: " << n.answers() << " answered of " << n.planned << " forms, "
        << std::uint64_t(rate) << " a second; refused for now and sent again " << n.refused << "\n"
        << "batches answered: " << batches.count() << ", p50 " << ms(0.5) << " ms, p99 " << ms(0.99)
        << " ms, max " << ms(1) << " ms\n";
}

}  // namespace

bool run_night(const setting& here) {
    const night_plan plan = plan_of(here);
    truth record(here);
    const clinic_figures own(here, plan);
    fleet ships(here, plan.clinics * pcs_a_clinic);
    const request_writer writer(here.target.text, here.clinics);
    starting_line line(plan.threads);
    loads_of_threads loads;
    std::vector<actor*> actors;
    std::vector<const load_counts*> counts;
    for (std::uint32_t i = 0; i < plan.threads; ++i) {
        loads.push_back(std::make_unique<night_load>(ships.loop(i), writer, here.clinics, plan, i,
                                                     line, record.record()));
        actors.push_back(loads.back().get());
        counts.push_back(loads.back().get());
    }
    std::cout << "night: " << plan.clinics << " clinics with " << plan.forms_each
              << " forms each at " << here.target.text << ", everything twice, seed " << plan.seed
              << ", threads " << plan.threads << std::endl;
    live_line watched(counts);
    ships.run(actors, [&] { std::cerr << watched.next() << std::endl; });

    const load_result result(counts);
    const form_counts forms = sum(plan, loads);
    const auto measured = static_cast<std::size_t>(lap::measured);
    const double rate =
        static_cast<double>(result.planned[measured]) / std::max(result.measured_seconds, 0.001);
    const double rows_rate =
        static_cast<double>(forms.answers()) / std::max(result.measured_seconds, 0.001);
    const histogram& batches =
        result.tallies[measured].latency[static_cast<std::size_t>(request_kind::other)];
    print(std::cout, result, rate);
    print_rows(std::cout, forms, batches, rows_rate);
    judgement all;
    judge_load(result, here.asked.limit_ms.value_or(limit_ms_default), all);
    judge_forms(forms, all);
    own.judge(all);
    json::object summary = loadtest::describe(result, rate);
    summary["rows"] = describe(forms, rows_rate);
    summary["batch_ms"] = loadtest::describe(batches);
    summary["truth"] = record.compare(result.in_doubt, all);
    json::object asked = describe_asked(here);
    asked["connections"] = plan.clinics;
    asked["rate"] = here.asked.rate;
    return conclude(here, std::move(asked), std::move(summary), all);
}

}  // namespace doseline::loadtest
