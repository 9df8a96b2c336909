#include "net/clinic_code.hpp"

#include <algorithm>
#include <charconv>

namespace doseline::net {

namespace {
constexpr std::size_t code_digits = 8;
}

std::optional<std::uint32_t> parse_clinic_code(std::string_view text) noexcept {
    const bool good =
        text.size() == code_digits &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    std::uint32_t code = 0;
    std::from_chars(text.data(), text.data() + text.size(), code);
    return good ? std::optional(code) : std::nullopt;
}

std::string clinic_code_text(std::uint32_t code) {
    const std::string text = std::to_string(code);
    return std::string(code_digits - std::min(text.size(), code_digits), '0') + text;
}

}  // namespace doseline::net
