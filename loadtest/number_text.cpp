#include "loadtest/number_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace doseline::loadtest {

namespace {

constexpr std::string_view narrow_space = "\u202F";

std::string grouped(const std::string& digits) {
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const bool begins_group = i > 0 && digits[i - 1] != '-' && (digits.size() - i) % 3 == 0;
        text.append(begins_group ? narrow_space : "").push_back(digits[i]);
    }
    return text;
}

std::string with(double value, std::string_view unit_name) {
    return short_number(value).append(narrow_space).append(unit_name);
}

std::string in_bytes(double value) {
    constexpr std::array<std::string_view, 5> names{"bytes", "KiB", "MiB", "GiB", "TiB"};
    std::size_t i = 0;
    for (; std::abs(value) >= 1'024 && i + 1 < names.size(); ++i) {
        value /= 1'024;
    }
    return with(value, names[i]);
}

}  // namespace

std::string fixed(double value, int decimals) {
    std::array<char, 352> text{};  // the largest double has 309 digits
    const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return {text.data(), static_cast<std::size_t>(length)};
}

std::string short_number(double value) {
    const double size = std::abs(value);
    if (size >= 99.95) {
        return grouped(fixed(value, 0));
    }
    if (size < 1e-6) {
        return "0";
    }
    const int before_point = static_cast<int>(std::floor(std::log10(size))) + 1;
    std::string text = fixed(value, std::clamp(3 - before_point, 0, 6));
    if (text.find('.') != std::string::npos) {
        text.erase(text.find_last_not_of('0') + 1);
        text.erase(text.find_last_not_of('.') + 1);
    }
    return text;
}

std::string text_of(double value, unit in) {
    switch (in) {
        case unit::count: return grouped(fixed(value, 0));
        case unit::rate: return with(value, "/s");
        case unit::milliseconds:
            return std::abs(value) < 999.5 ? with(value, "ms") : with(value / 1'000, "s");
        case unit::seconds: return with(value, "s");
        case unit::bytes: return in_bytes(value);
        case unit::core_share: return with(value * 100, "%");
        case unit::plain: break;
    }
    return short_number(value);
}

std::string escape_html(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&': escaped += "&amp;"; break;
            case '<': escaped += "&lt;"; break;
            case '>': escaped += "&gt;"; break;
            case '"': escaped += "&quot;"; break;
            case '\'': escaped += "&#39;"; break;
            default: escaped += c;
        }
    }
    return escaped;
}

}  // namespace doseline::loadtest
