#include "core/confidence.hpp"

#include <algorithm>
#include <array>

namespace doseline::core {

std::string_view name_of(confidence c) noexcept {
    constexpr std::array<std::string_view, 3> names{"LOW", "MEDIUM", "HIGH"};
    return names[static_cast<std::size_t>(c)];
}

confidence confidence_of(const day_ends& past, std::uint64_t unsent, std::int64_t left) noexcept {
    const auto doses = static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0));
    if (past.closed * 10 >= past.begun * 9 && unsent * 100 <= doses) {
        return confidence::high;
    }
    const bool is_low = past.closed * 10 < past.begun * 5 || unsent * 10 > doses;
    return is_low ? confidence::low : confidence::medium;
}

}  // namespace doseline::core
