#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

// RFC 4648 section 5 for whole groups only, so that there is no padding, and one text for one
// sequence of bytes.
namespace doseline::net {

// REQUIRES: bytes.size() is a multiple of 3.
std::string base64url(std::span<const std::byte> bytes);

// False unless text is the encoding of as many bytes as into has, a multiple of 3.
bool read_base64url(std::string_view text, std::span<std::byte> into) noexcept;

}  // namespace doseline::net
