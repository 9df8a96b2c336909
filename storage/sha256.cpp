#include "storage/sha256.hpp"

#include "storage/openssl.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

namespace doseline::storage {

using openssl::bytes;
using openssl::check;

sha256_stream::sha256_stream()
    : algorithm_(check(EVP_MD_fetch(nullptr, "SHA256", nullptr), "EVP_MD_fetch")),
      context_(check(EVP_MD_CTX_new(), "EVP_MD_CTX_new")) {
    check(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr), "EVP_DigestInit");
}
sha256_stream::~sha256_stream() = default;
sha256_stream::sha256_stream(sha256_stream&&) noexcept = default;
sha256_stream& sha256_stream::operator=(sha256_stream&&) noexcept = default;

void sha256_stream::release::operator()(evp_md_st* algorithm) const noexcept {
    EVP_MD_free(algorithm);
}

void sha256_stream::release::operator()(evp_md_ctx_st* context) const noexcept {
    EVP_MD_CTX_free(context);
}

sha256_stream& sha256_stream::update(std::span<const std::byte> piece) {
    check(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()), "EVP_DigestUpdate");
    return *this;
}

digest sha256_stream::finish() {
    digest hash;
    check(EVP_DigestFinal_ex(context_.get(), bytes(hash), nullptr), "EVP_DigestFinal");
    check(EVP_DigestInit_ex2(context_.get(), algorithm_.get(), nullptr), "EVP_DigestInit");
    return hash;
}

// The hash behind the key's block, of either pass.
struct hmac_sha256::begun {
    SHA256_CTX inner;
    SHA256_CTX outer;
};

void hmac_sha256::release::operator()(begun* states) const noexcept {
    OPENSSL_cleanse(states, sizeof(begun));
    delete states;
}

// The block function itself, deprecated as it is: a request takes two or three HMACs, on a
// processor that has just done something else, and EVP_MAC brings five times the code with it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

hmac_sha256::hmac_sha256(std::span<const std::byte> key) : begun_(new begun) {
    std::array<std::byte, SHA256_CBLOCK> block{};
    if (key.size() > block.size()) {
        SHA256(bytes(key), key.size(), bytes(block));
    } else {
        std::ranges::copy(key, block.begin());
    }
    const auto begin = [&block](SHA256_CTX& state, std::byte pad) {
        std::array<std::byte, SHA256_CBLOCK> padded;
        std::ranges::transform(block, padded.begin(), [pad](std::byte b) { return b ^ pad; });
        check(SHA256_Init(&state), "SHA256_Init");
        check(SHA256_Update(&state, padded.data(), padded.size()), "SHA256_Update");
        OPENSSL_cleanse(padded.data(), padded.size());
    };
    begin(begun_->inner, std::byte{0x36});
    begin(begun_->outer, std::byte{0x5c});
    OPENSSL_cleanse(block.data(), block.size());
}
hmac_sha256::~hmac_sha256() = default;
hmac_sha256::hmac_sha256(hmac_sha256&&) noexcept = default;
hmac_sha256& hmac_sha256::operator=(hmac_sha256&&) noexcept = default;

digest hmac_sha256::of(std::byte domain, std::span<const std::byte> message) {
    digest hash;
    SHA256_CTX state = begun_->inner;
    check(SHA256_Update(&state, &domain, 1), "SHA256_Update");
    check(SHA256_Update(&state, message.data(), message.size()), "SHA256_Update");
    check(SHA256_Final(bytes(hash), &state), "SHA256_Final");
    state = begun_->outer;
    check(SHA256_Update(&state, hash.data(), hash.size()), "SHA256_Update");
    check(SHA256_Final(bytes(hash), &state), "SHA256_Final");
    OPENSSL_cleanse(&state, sizeof state);
    return hash;
}

#pragma GCC diagnostic pop

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace doseline::storage
