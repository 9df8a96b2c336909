#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Keyed hashes and sealed bytes. What identifies a person exists in the program only in these
// forms; storage/seal.hpp makes and opens them.
namespace doseline::core {

// HMAC-SHA-256 under the lookup key, first 16 bytes, of: the 13 digits; clinic and idempotency key;
// a request's canonical fields.
using person_key = std::array<std::byte, 16>;
using key_hash = std::array<std::byte, 16>;
using fingerprint = std::array<std::byte, 16>;

// Digits and short name of a registration: nonce 12, ciphertext 34, tag 16.
using sealed_person = std::array<std::byte, 62>;

// The bytes are a keyed hash already: any eight of them spread evenly, and nobody outside can aim
// at a slot.
struct keyed_hash_prefix {
    std::size_t operator()(const std::array<std::byte, 16>& key) const noexcept {
        std::uint64_t prefix = 0;
        std::memcpy(&prefix, key.data(), sizeof prefix);
        return prefix;
    }
};

}  // namespace doseline::core
