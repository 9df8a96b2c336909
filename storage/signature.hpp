#pragma once

#include "storage/key_ring.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

struct evp_pkey_st;

// Ed25519 signatures of short messages, such as anchors: made with the ring's anchor key, checked
// by anybody with DIR/anchor.pub (PEM, so that the openssl command checks them too).
namespace doseline::storage {

using signature = std::array<std::byte, 64>;
using public_key = std::array<std::byte, 32>;

// REQUIRES: a raw Ed25519 private key.
public_key public_key_of(key_view private_key);

// Throw with a line that names the file.
void write_public_key(const std::filesystem::path& path, const public_key& key);
public_key read_public_key(const std::filesystem::path& path);
// The content of such a file; path is for the error alone.
public_key parse_public_key(std::string_view pem, const std::filesystem::path& path);

struct release_pkey {
    void operator()(evp_pkey_st* key) const noexcept;
};

// One per thread.
class signer {
public:
    explicit signer(const key_ring& ring);

    signature sign(std::span<const std::byte> message);

private:
    std::unique_ptr<evp_pkey_st, release_pkey> key_;
};

// One per thread.
class verifier {
public:
    explicit verifier(const public_key& key);

    bool verify(std::span<const std::byte> message, const signature& made);

private:
    std::unique_ptr<evp_pkey_st, release_pkey> key_;
};

}  // namespace doseline::storage
