#include "core/national_id.hpp"

#include <chrono>

namespace doseline::core {

namespace {

// The century of the seventh digit.
constexpr int century_of(char digit) noexcept {
    switch (digit) {
        case '9':
        case '0': return 1800;
        case '1':
        case '2':
        case '5':
        case '6': return 1900;
        default: return 2000;  // 3 4 7 8
    }
}

}  // namespace

result<national_id> national_id::parse(std::string_view text) {
    national_id id;
    const bool hyphen = text.size() == 14 && text[6] == '-';
    if (text.size() != 13 && !hyphen) {
        return errc::id_invalid;
    }
    for (std::size_t i = 0; i < id.digits_.size(); ++i) {
        const char c = text[hyphen && i >= 6 ? i + 1 : i];
        if (c < '0' || c > '9') {
            return errc::id_invalid;
        }
        id.digits_[i] = c;
    }
    const auto two = [&](std::size_t at) {
        return (id.digits_[at] - '0') * 10 + (id.digits_[at + 1] - '0');
    };
    const std::chrono::year_month_day birth{std::chrono::year{century_of(id.digits_[6]) + two(0)},
                                            std::chrono::month{static_cast<unsigned>(two(2))},
                                            std::chrono::day{static_cast<unsigned>(two(4))}};
    if (!birth.ok()) {
        return errc::id_invalid;
    }
    id.birth_ = std::chrono::sys_days{birth};
    return id;
}

sex national_id::sex() const noexcept {
    return (digits_[6] - '0') % 2 == 1 ? core::sex::male : core::sex::female;
}

bool national_id::foreign() const noexcept { return digits_[6] >= '5' && digits_[6] <= '8'; }

bool national_id::checksum_matches() const noexcept {
    constexpr std::array weights{2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5};
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        sum += (digits_[i] - '0') * weights[i];
    }
    return (11 - sum % 11) % 10 == digits_[12] - '0';
}

std::uint64_t national_id::number() const noexcept {
    std::uint64_t value = 0;
    for (const char c : digits_) {
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

}  // namespace doseline::core
