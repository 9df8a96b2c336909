#include "storage/sha256.hpp"

#include "storage/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

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

hmac_sha256::hmac_sha256(std::span<const std::byte> key) {
    using algorithm_handle = openssl::handle<EVP_MAC, EVP_MAC_free>;
    const algorithm_handle algorithm(
        check(EVP_MAC_fetch(nullptr, "HMAC", nullptr), "EVP_MAC_fetch"));
    context_.reset(check(EVP_MAC_CTX_new(algorithm.get()), "EVP_MAC_CTX_new"));
    char name[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
        OSSL_PARAM_construct_end()};
    check(EVP_MAC_init(context_.get(), bytes(key), key.size(), parameters), "EVP_MAC_init");
}
hmac_sha256::~hmac_sha256() = default;
hmac_sha256::hmac_sha256(hmac_sha256&&) noexcept = default;
hmac_sha256& hmac_sha256::operator=(hmac_sha256&&) noexcept = default;

void hmac_sha256::release::operator()(evp_mac_ctx_st* context) const noexcept {
    EVP_MAC_CTX_free(context);
}

digest hmac_sha256::of(std::byte domain, std::span<const std::byte> message) {
    digest hash;
    std::size_t size = 0;
    evp_mac_ctx_st* const context = context_.get();
    check(EVP_MAC_init(context, nullptr, 0, nullptr), "EVP_MAC_init");
    check(EVP_MAC_update(context, bytes(std::span<const std::byte>(&domain, 1)), 1),
          "EVP_MAC_update");
    check(EVP_MAC_update(context, bytes(message), message.size()), "EVP_MAC_update");
    check(EVP_MAC_final(context, bytes(hash), &size, hash.size()), "EVP_MAC_final");
    return hash;
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace doseline::storage
