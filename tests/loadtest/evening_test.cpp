#include "loadtest/evening.hpp"

#include "core/limits.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(evening)

using namespace doseline::loadtest;
using namespace std::chrono_literals;
namespace limits = doseline::core::limits;

namespace {

std::vector<std::uint32_t> forms_of(const std::vector<sending>& plan, std::uint32_t pc) {
    std::vector<std::uint32_t> forms;
    for (const sending& s : plan) {
        if (s.pc == pc) {
            forms.insert(forms.end(), s.rows.begin(), s.rows.end());
        }
    }
    return forms;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_pc_sends_every_form_once) {
    for (const std::uint32_t forms : {1u, 2u, 7u, 10u, 199u, 600u, 601u, 1'234u}) {
        const auto plan = plan_evening(forms, 5);
        for (std::uint32_t pc = 0; pc < pcs_a_clinic; ++pc) {
            const auto sent = forms_of(plan, pc);
            BOOST_TEST_CONTEXT(forms << " forms, pc " << pc) {
                BOOST_TEST(sent.size() == forms);
                BOOST_TEST(std::set(sent.begin(), sent.end()).size() == forms);
                BOOST_TEST(*std::max_element(sent.begin(), sent.end()) == forms - 1);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_second_pc_has_another_order_and_other_batches) {
    const auto plan = plan_evening(600, 5);
    const auto first = forms_of(plan, 0);
    BOOST_TEST(std::is_sorted(first.begin(), first.end()));
    BOOST_TEST(!(first == forms_of(plan, 1)));
    std::set<std::set<std::uint32_t>> batches;
    for (const sending& s : plan) {
        batches.emplace(s.rows.begin(), s.rows.end());
    }
    BOOST_TEST(batches.size() == plan.size());
    const auto alone = std::count_if(plan.begin(), plan.end(), [](auto& s) { return s.alone; });
    BOOST_TEST(alone == 60);
}

BOOST_AUTO_TEST_CASE(several_batches_and_none_above_the_limit) {
    for (const auto& [forms, batches] : {std::pair{9u, 3}, {600u, 3}, {601u, 4}, {1'000u, 5}}) {
        const auto plan = plan_evening(forms, 5);
        BOOST_TEST(std::count_if(plan.begin(), plan.end(),
                                 [](auto& s) { return s.pc == 0 && !s.alone; }) == batches);
        for (const sending& s : plan) {
            BOOST_TEST(s.rows.size() <= limits::batch_rows_max);
            BOOST_TEST((!s.alone || s.rows.size() == 1));
        }
    }
}

// A bucket that fills at the cap's pace, as the server keeps one.
BOOST_AUTO_TEST_CASE(a_clinic_stays_below_its_cap) {
    double left = limits::clinic_burst_requests_max;
    double least = left;
    std::chrono::nanoseconds last{0};
    for (const sending& s : plan_evening(3'000, 5)) {
        BOOST_TEST((s.due >= last));
        const double passed = std::chrono::duration<double>(s.due - last).count();
        left = std::min<double>(limits::clinic_burst_requests_max,
                                left + passed * limits::clinic_requests_per_second_max);
        left -= static_cast<double>(s.rows.size()) + 1;
        least = std::min(least, left);
        last = s.due;
    }
    BOOST_TEST(least > limits::clinic_burst_requests_max / 2);
}

BOOST_AUTO_TEST_CASE(the_same_seed_is_the_same_evening) {
    BOOST_TEST((forms_of(plan_evening(300, 5), 1) == forms_of(plan_evening(300, 5), 1)));
    BOOST_TEST(!(forms_of(plan_evening(300, 5), 1) == forms_of(plan_evening(300, 6), 1)));
}

BOOST_AUTO_TEST_CASE(a_form_was_written_on_this_day_and_not_later_than_now) {
    const auto midnight = std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + 15h;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        BOOST_TEST(time_on_paper(midnight, seed) == "2026-11-26T00:00:00+09:00");
        const std::string text = time_on_paper(midnight + 90min, seed);
        BOOST_TEST(text >= "2026-11-26T00:00:00+09:00");
        BOOST_TEST(text <= "2026-11-26T01:30:00+09:00");
    }
    BOOST_TEST(time_on_paper(midnight + 90min, 1) != time_on_paper(midnight + 90min, 2));
}

BOOST_AUTO_TEST_SUITE_END()
