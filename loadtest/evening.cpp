#include "loadtest/evening.hpp"

#include "core/limits.hpp"
#include "loadtest/random.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>
#include <span>
#include <utility>

namespace doseline::loadtest {

namespace {

namespace limits = core::limits;

constexpr std::uint32_t batches_min = 3;
constexpr std::uint32_t alone_every = 10;
constexpr std::chrono::hours offset{9};

static_assert(pcs_a_clinic * pc_rows_per_second * 4 <= limits::clinic_requests_per_second_max * 3);
static_assert(pcs_a_clinic * limits::batch_rows_max <= limits::clinic_in_flight_max);

std::chrono::nanoseconds time_for(std::uint64_t rows) noexcept {
    return std::chrono::nanoseconds{std::chrono::seconds{rows}} / pc_rows_per_second;
}

// As full as they may be, but several: a clinic with few forms enters them in small ones.
std::uint32_t rows_a_batch(std::uint32_t forms) noexcept {
    const auto most = static_cast<std::uint32_t>(limits::batch_rows_max);
    const std::uint32_t batches = std::max(batches_min, (forms + most - 1) / most);
    return (forms + batches - 1) / batches;
}

void plan_pc(std::uint32_t pc, std::span<const std::uint32_t> order, std::uint32_t size, bool alone,
             std::uint64_t rows_before, std::vector<sending>& to) {
    for (std::size_t at = 0; at < order.size(); at += size) {
        const auto rows = order.subspan(at, std::min<std::size_t>(size, order.size() - at));
        to.push_back({time_for(rows_before + at), pc, alone, {rows.begin(), rows.end()}});
    }
}

}  // namespace

std::vector<sending> plan_evening(std::uint32_t forms, std::uint64_t seed) {
    std::vector<std::uint32_t> order(forms);
    std::iota(order.begin(), order.end(), 0u);
    const std::uint32_t size = rows_a_batch(forms);
    std::vector<sending> plan;
    plan_pc(0, order, size, false, 0, plan);

    random_source random(seed);
    for (std::uint32_t left = forms; left > 1; --left) {
        std::swap(order[left - 1], order[random.below(left)]);
    }
    const std::uint32_t head_start = size + size / 2;
    const std::uint32_t alone = forms / alone_every;
    const std::span<const std::uint32_t> again(order);
    plan_pc(1, again.first(forms - alone), size, false, head_start, plan);
    plan_pc(1, again.last(alone), 1, true, head_start + forms - alone, plan);
    std::stable_sort(plan.begin(), plan.end(),
                     [](const sending& a, const sending& b) { return a.due < b.due; });
    return plan;
}

std::chrono::nanoseconds evening_length(const std::vector<sending>& plan) noexcept {
    return plan.empty() ? std::chrono::nanoseconds{0} : plan.back().due;
}

std::string time_on_paper(std::chrono::system_clock::time_point now, std::uint64_t seed) {
    const auto here = std::chrono::floor<std::chrono::seconds>(now + offset);
    const auto midnight = std::chrono::floor<std::chrono::days>(here);
    const auto since = static_cast<std::uint64_t>((here - midnight).count());
    const auto second = static_cast<int>(scatter(seed) % (since + 1));
    const std::chrono::year_month_day day{midnight};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d+09:00",
                  static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                  static_cast<unsigned>(day.day()), second / 3'600, second / 60 % 60, second % 60);
    return text.data();
}

}  // namespace doseline::loadtest
