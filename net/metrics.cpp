#include "net/metrics.hpp"

#include <algorithm>

namespace doseline::net {

std::string_view name_of(work_class c) noexcept {
    constexpr std::array<std::string_view, work_classes> names{"registration", "check", "stock",
                                                               "report", "page"};
    return names[static_cast<std::size_t>(c)];
}

void request_figures::count(work_class work, unsigned status,
                            std::chrono::nanoseconds took) noexcept {
    const auto add = [](figure& f, std::uint64_t n) {
        f.store(f.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
    };
    const auto w = static_cast<std::size_t>(work);
    const double seconds = static_cast<double>(took.count()) / 1e9;
    const auto bound = std::lower_bound(seconds_bounds.begin(), seconds_bounds.end(), seconds);
    const auto known = std::lower_bound(statuses.begin(), statuses.end(), status);
    const bool is_known = known != statuses.end() && *known == status;
    add(by_seconds[w][static_cast<std::size_t>(bound - seconds_bounds.begin())], 1);
    add(by_status[w]
                 [is_known ? static_cast<std::size_t>(known - statuses.begin()) : statuses.size()],
        1);
    add(nanoseconds[w], static_cast<std::uint64_t>(took.count()));
}

}  // namespace doseline::net
