#include "net/metrics.hpp"

#include <algorithm>

namespace doseline::net {

namespace {

void add(std::atomic<std::uint64_t>& figure, std::uint64_t n) noexcept {
    figure.store(figure.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

template <std::size_t N>
std::size_t bucket_of(const std::array<double, N>& bounds, std::chrono::nanoseconds took) noexcept {
    const double seconds = static_cast<double>(took.count()) / 1e9;
    return static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), seconds) -
                                    bounds.begin());
}

}  // namespace

std::string_view name_of(work_class c) noexcept {
    constexpr std::array<std::string_view, work_classes> names{"registration", "check", "stock",
                                                               "report", "page"};
    return names[static_cast<std::size_t>(c)];
}

std::string_view name_of(work_queue q) noexcept {
    constexpr std::array<std::string_view, work_queues> names{"unread", "ready", "inbox"};
    return names[static_cast<std::size_t>(q)];
}

void request_figures::count(work_class work, unsigned status,
                            std::chrono::nanoseconds took) noexcept {
    const auto w = static_cast<std::size_t>(work);
    const auto known = std::lower_bound(statuses.begin(), statuses.end(), status);
    const bool is_known = known != statuses.end() && *known == status;
    add(by_seconds[w][bucket_of(seconds_bounds, took)], 1);
    add(by_status[w]
                 [is_known ? static_cast<std::size_t>(known - statuses.begin()) : statuses.size()],
        1);
    add(nanoseconds[w], static_cast<std::uint64_t>(took.count()));
}

void wait_figures::count(work_queue queue, work_class work,
                         std::chrono::nanoseconds waited) noexcept {
    distribution& d = of[static_cast<std::size_t>(queue)][static_cast<std::size_t>(work)];
    add(d.by_seconds[bucket_of(seconds_bounds, waited)], 1);
    add(d.nanoseconds, static_cast<std::uint64_t>(waited.count()));
}

}  // namespace doseline::net
