#include "net/base64url.hpp"

#include "storage/openssl.hpp"

#include <algorithm>
#include <array>

namespace doseline::net {
namespace {

constexpr std::size_t group_bytes = 3;
constexpr std::size_t group_characters = 4;

// The character of ordinary base64, or 0 when c belongs to neither alphabet's common part nor to
// the URL-safe one: OpenSSL's decoder alone would let padding and white space pass.
constexpr char ordinary(char c) noexcept {
    if (c == '-') {
        return '+';
    }
    if (c == '_') {
        return '/';
    }
    const bool alphanumeric =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return alphanumeric ? c : '\0';
}

}  // namespace

std::string base64url(std::span<const std::byte> bytes) {
    // OpenSSL ends the text with a zero, which takes the place of the string's own.
    std::string text(bytes.size() / group_bytes * group_characters, '\0');
    EVP_EncodeBlock(storage::openssl::bytes(text), storage::openssl::bytes(bytes),
                    static_cast<int>(bytes.size()));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

bool read_base64url(std::string_view text, std::span<std::byte> into) noexcept {
    if (text.size() != into.size() / group_bytes * group_characters) {
        return false;
    }
    while (!text.empty()) {
        std::array<char, group_characters> group{};
        std::ranges::transform(text.substr(0, group_characters), group.begin(), ordinary);
        if (std::ranges::find(group, '\0') != group.end()) {
            return false;
        }
        EVP_DecodeBlock(storage::openssl::bytes(into), storage::openssl::bytes(group),
                        static_cast<int>(group.size()));
        text.remove_prefix(group_characters);
        into = into.subspan(group_bytes);
    }
    return true;
}

}  // namespace doseline::net
