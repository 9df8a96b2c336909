#pragma once

#include "storage/key_ring.hpp"

#include <filesystem>

namespace doseline::test {

// The keys of a registry whose every secret is printed here, so that what it makes can be compared
// with what other programs make: lookup 00..1f, token 40..5f, receipt 60..7f, data key 1 80..9f,
// data key 3 a0..bf (2 was destroyed), and the anchor key of RFC 8032's second test.
void write_known_keys(const std::filesystem::path& dir);

storage::key_ring open_known_ring(const std::filesystem::path& dir);

}  // namespace doseline::test
