#include "storage/signature.hpp"

#include "storage/openssl.hpp"
#include "storage/private_file.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <stdexcept>
#include <string>

namespace doseline::storage {
namespace {

using openssl::bytes;
using openssl::check;
using memory_file = openssl::handle<BIO, BIO_free_all>;
using digest_context = openssl::handle<EVP_MD_CTX, EVP_MD_CTX_free>;

constexpr std::size_t pem_bytes_max = 1'024;

evp_pkey_st* private_pkey(key_view key) {
    return check(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes(key), key.size()),
                 "EVP_PKEY_new_raw_private_key");
}

evp_pkey_st* public_pkey(const public_key& key) {
    return check(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(key), key.size()),
                 "EVP_PKEY_new_raw_public_key");
}

digest_context new_context() { return digest_context(check(EVP_MD_CTX_new(), "EVP_MD_CTX_new")); }

}  // namespace

void release_pkey::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

public_key public_key_of(key_view private_key) {
    const openssl::pkey key(private_pkey(private_key));
    public_key raw;
    std::size_t size = raw.size();
    check(EVP_PKEY_get_raw_public_key(key.get(), bytes(raw), &size), "EVP_PKEY_get_raw_public_key");
    return raw;
}

void write_public_key(const std::filesystem::path& path, const public_key& key) {
    const openssl::pkey pkey(public_pkey(key));
    const memory_file pem(check(BIO_new(BIO_s_mem()), "BIO_new"));
    check(PEM_write_bio_PUBKEY(pem.get(), pkey.get()), "PEM_write_bio_PUBKEY");
    char* text = nullptr;
    const auto size = static_cast<std::size_t>(BIO_get_mem_data(pem.get(), &text));
    write_file(path, std::string_view(text, size), public_mode);
}

public_key read_public_key(const std::filesystem::path& path) {
    return parse_public_key(read_file(path, pem_bytes_max), path);
}

public_key parse_public_key(std::string_view text, const std::filesystem::path& path) {
    const memory_file pem(
        check(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), "BIO_new_mem_buf"));
    const openssl::pkey key(PEM_read_bio_PUBKEY(pem.get(), nullptr, nullptr, nullptr));
    public_key raw;
    std::size_t size = raw.size();
    if (key == nullptr || EVP_PKEY_is_a(key.get(), "ED25519") != 1 ||
        EVP_PKEY_get_raw_public_key(key.get(), bytes(raw), &size) != 1) {
        ERR_clear_error();
        throw std::runtime_error(path.string() +
                                 " is not an Ed25519 public key in PEM; restore "
                                 "it from a backup");
    }
    return raw;
}

signer::signer(const key_ring& ring) : key_(private_pkey(ring.anchor_key())) {}

signature signer::sign(std::span<const std::byte> message) {
    const digest_context context = new_context();
    signature made;
    std::size_t size = made.size();
    check(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()),
          "EVP_DigestSignInit");
    check(EVP_DigestSign(context.get(), bytes(made), &size, bytes(message), message.size()),
          "EVP_DigestSign");
    return made;
}

verifier::verifier(const public_key& key) : key_(public_pkey(key)) {}

bool verifier::verify(std::span<const std::byte> message, const signature& made) {
    const digest_context context = new_context();
    check(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()),
          "EVP_DigestVerifyInit");
    const bool valid = EVP_DigestVerify(context.get(), bytes(made), made.size(), bytes(message),
                                        message.size()) == 1;
    ERR_clear_error();
    return valid;
}

}  // namespace doseline::storage
