#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

// Crockford's base 32: what people read aloud and type. No letter looks like a digit, and the ones
// that do are read as it.
namespace doseline::net {

inline constexpr std::string_view base32_alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// REQUIRES: value < 32.
constexpr char base32_character(unsigned value) noexcept { return base32_alphabet[value]; }

// Either case; O is 0, I and L are 1. Nothing for any other character, U among them.
constexpr std::optional<unsigned> base32_value(char c) noexcept {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    switch (upper) {
        case 'O': return 0;
        case 'I':
        case 'L': return 1;
        default: break;
    }
    const std::size_t value = base32_alphabet.find(upper);
    if (value == std::string_view::npos) {
        return std::nullopt;
    }
    return static_cast<unsigned>(value);
}

}  // namespace doseline::net
