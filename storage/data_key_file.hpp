#pragma once

#include "storage/key_ring.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

// A data key as it lies on disk, keys/data-NNN.key: wrapped with AES-256-GCM under the master key.
//
//   0  4  "DSDK"          8  2  book            28 32  the key, encrypted
//   4  1  version, 1     10  2  year            60 16  tag
//   5  1  algorithm      12  4  zero
//   6  1  id, 1..255     16 12  nonce, random
//   7  1  zero
//
// The algorithm is that of the records which the key seals. The first 16 bytes are authenticated,
// and with them the ring's lookup key: a data key does not open in another ring.
namespace doseline::storage {

inline constexpr std::byte algorithm_aes_256_gcm{1};

struct data_key_label {
    std::uint8_t id = 0;
    std::uint16_t book = 0;
    std::uint16_t year = 0;
};

std::filesystem::path data_key_path(const std::filesystem::path& keys, std::uint8_t id);

void write_data_key(const std::filesystem::path& keys, const data_key_label& label, key_view key,
                    key_view master, key_view lookup);

// Under whichever of the masters it was written. Throws when the file is not what write_data_key
// wrote for that id in this ring.
data_key_label read_data_key(const std::filesystem::path& keys, std::uint8_t id,
                             std::span<const key_view> masters, key_view lookup,
                             std::span<std::byte, key_bytes> into);

}  // namespace doseline::storage
