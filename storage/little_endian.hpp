#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// Integers as bytes of a fixed number, the lowest first, on any machine.
namespace doseline::storage {

// REQUIRES: Bytes <= into.size(). Upper bytes of value that do not fit are dropped.
template <std::size_t Bytes>
constexpr void put_little_endian(std::span<std::byte> into, std::uint64_t value) noexcept {
    static_assert(Bytes <= sizeof value);
    for (std::size_t i = 0; i < Bytes; ++i) {
        into[i] = static_cast<std::byte>(value >> (8 * i));
    }
}

// REQUIRES: Bytes <= from.size().
template <std::size_t Bytes>
constexpr std::uint64_t get_little_endian(std::span<const std::byte> from) noexcept {
    static_assert(Bytes <= sizeof(std::uint64_t));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < Bytes; ++i) {
        value |= std::to_integer<std::uint64_t>(from[i]) << (8 * i);
    }
    return value;
}

}  // namespace doseline::storage
