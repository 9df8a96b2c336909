#include "net/registration_id.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace doseline::net {
namespace {

// The quasigroup of H. M. Damm's thesis (2004).
constexpr std::array<std::array<std::uint8_t, 10>, 10> damm{{
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
    {7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
    {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
    {6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
    {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
    {8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
    {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}};

// REQUIRES: digits only. 0 for a number followed by its check digit.
unsigned check_digit(std::string_view digits) noexcept {
    unsigned interim = 0;
    for (const char c : digits) {
        interim = damm[interim][static_cast<std::size_t>(c - '0')];
    }
    return interim;
}

}  // namespace

std::string registration_id(core::sequence seq) {
    std::string text = std::to_string(seq);
    text += static_cast<char>('0' + check_digit(text));
    return text;
}

core::result<core::sequence> parse_registration_id(std::string_view text) {
    const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits || text.size() < 2 || text.front() == '0' || check_digit(text) != 0) {
        return core::make_error_code(core::errc::malformed);
    }
    core::sequence seq = 0;
    const std::string_view number = text.substr(0, text.size() - 1);
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seq);
    if (error != std::errc()) {
        return core::make_error_code(core::errc::malformed);
    }
    return seq;
}

}  // namespace doseline::net
