#include "storage/seal.hpp"

#include "storage/openssl.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace doseline::storage {
namespace {

using openssl::bytes;
using openssl::check;

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t number_bytes = 6;
constexpr std::size_t name_bytes_max = core::limits::sealed_name_bytes_max;
constexpr std::size_t person_bytes = number_bytes + 1 + name_bytes_max;
constexpr std::uint64_t number_end = 10'000'000'000'000;

static_assert(nonce_bytes + person_bytes + tag_bytes == std::tuple_size_v<core::sealed_person>);
static_assert(nonce_bytes == std::tuple_size_v<nonce>);
static_assert(sealer::extension_overhead == nonce_bytes + tag_bytes);

// Domains of the lookup key; 'E' is storage/pseudonym.cpp's.
constexpr std::byte persons{'P'};
constexpr std::byte keys{'K'};
constexpr std::byte contents{'F'};

constexpr std::size_t owner_bytes = 4 + std::tuple_size_v<core::key_hash>;

std::array<std::byte, owner_bytes> owner(std::uint32_t clinic_code, std::span<const std::byte> id) {
    std::array<std::byte, owner_bytes> made;
    put_little_endian<4>(made, clinic_code);
    std::ranges::copy(id, made.begin() + 4);
    return made;
}

// One byte longer than a person's, so that neither opens as the other.
std::array<std::byte, 1 + owner_bytes> extension_owner(std::uint32_t clinic_code,
                                                       const core::key_hash& key) {
    std::array<std::byte, 1 + owner_bytes> made{std::byte{'X'}};
    std::ranges::copy(owner(clinic_code, key), made.begin() + 1);
    return made;
}

core::result<opened_person> read_person(std::span<const std::byte, person_bytes> plain) {
    const std::uint64_t number = get_little_endian<number_bytes>(plain);
    const auto name_bytes = std::to_integer<std::size_t>(plain[number_bytes]);
    if (number >= number_end || name_bytes > name_bytes_max) {
        return core::make_error_code(core::errc::malformed);
    }
    const auto* name = reinterpret_cast<const char*>(plain.data() + number_bytes + 1);
    return opened_person{number,
                         core::fixed_string<name_bytes_max>(std::string_view(name, name_bytes))};
}

}  // namespace

sealer::sealer(const key_ring& ring, std::uint32_t boot_epoch, std::uint16_t thread_number)
    : lookup_(ring.lookup_key()), nonces_(boot_epoch, thread_number),
      algorithm_(check(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr), "EVP_CIPHER_fetch")),
      sealing_(check(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new")),
      opening_(check(EVP_CIPHER_CTX_new(), "EVP_CIPHER_CTX_new")) {
    use(ring);
}

void sealer::use(const key_ring& ring) {
    const key_view key = ring.data_key(ring.current_data_key_id()).value();
    check(EVP_EncryptInit_ex2(sealing_.get(), algorithm_.get(), bytes(key), nullptr, nullptr),
          "EVP_EncryptInit");
    check(EVP_DecryptInit_ex2(opening_.get(), algorithm_.get(), bytes(key), nullptr, nullptr),
          "EVP_DecryptInit");
    opening_key_ = ring.current_data_key_id();
    ring_ = &ring;
}

sealer::~sealer() = default;
sealer::sealer(sealer&&) noexcept = default;

void sealer::release::operator()(evp_cipher_st* algorithm) const noexcept {
    EVP_CIPHER_free(algorithm);
}

void sealer::release::operator()(evp_cipher_ctx_st* used) const noexcept {
    EVP_CIPHER_CTX_free(used);
}

core::person_key sealer::hash(std::byte domain, std::span<const std::byte> message) {
    const digest whole = lookup_.of(domain, message);
    core::person_key first;
    std::copy_n(whole.begin(), first.size(), first.begin());
    return first;
}

core::person_key sealer::person_key(std::string_view digits13) {
    return hash(persons, std::as_bytes(std::span(digits13)));
}

core::key_hash sealer::key_hash(std::uint32_t clinic_code, std::span<const std::byte, 16> uuid) {
    return hash(keys, owner(clinic_code, uuid));
}

core::fingerprint sealer::fingerprint(std::span<const std::byte> canonical_fields) {
    return hash(contents, canonical_fields);
}

core::sealed_person sealer::seal_person(std::uint64_t number, std::string_view name,
                                        std::uint32_t clinic_code, const core::key_hash& key) {
    if (number >= number_end || name.size() > name_bytes_max) {
        throw std::length_error("a person's number or name does not fit into its record");
    }
    std::array<std::byte, person_bytes> plain{};
    put_little_endian<number_bytes>(plain, number);
    plain[number_bytes] = static_cast<std::byte>(name.size());
    std::ranges::copy(std::as_bytes(std::span(name)), plain.begin() + number_bytes + 1);
    core::sealed_person sealed;
    seal(plain, owner(clinic_code, key), sealed);
    return sealed;
}

core::result<opened_person> sealer::open_person(const core::sealed_person& sealed,
                                                std::uint8_t data_key, std::uint32_t clinic_code,
                                                const core::key_hash& key) {
    std::array<std::byte, person_bytes> plain;
    if (const auto ec = open(sealed, data_key, owner(clinic_code, key), plain)) {
        return ec;
    }
    return read_person(plain);
}

std::size_t sealer::seal_extension(std::span<const std::byte> plaintext, std::uint32_t clinic_code,
                                   const core::key_hash& key, std::span<std::byte> out) {
    const std::size_t size = plaintext.size() + extension_overhead;
    if (plaintext.size() > extension_plaintext_max || out.size() < size) {
        throw std::length_error("an extension does not fit into its record");
    }
    seal(plaintext, extension_owner(clinic_code, key), out.first(size));
    return size;
}

core::result<std::size_t> sealer::open_extension(std::span<const std::byte> sealed,
                                                 std::uint8_t data_key, std::uint32_t clinic_code,
                                                 const core::key_hash& key,
                                                 std::span<std::byte> out) {
    if (sealed.size() < extension_overhead || sealed.size() > core::limits::extension_bytes_max) {
        return core::make_error_code(core::errc::malformed);
    }
    const std::size_t size = sealed.size() - extension_overhead;
    if (out.size() < size) {
        return core::make_error_code(core::errc::limit_reached);
    }
    if (const auto ec =
            open(sealed, data_key, extension_owner(clinic_code, key), out.first(size))) {
        return ec;
    }
    return size;
}

// REQUIRES: out is 28 bytes longer than plaintext.
void sealer::seal(std::span<const std::byte> plaintext, std::span<const std::byte> bound_to,
                  std::span<std::byte> out) {
    const nonce fresh = nonces_.next();
    std::ranges::copy(fresh, out.begin());
    const auto ciphertext = out.subspan(nonce_bytes, plaintext.size());
    const auto tag = out.last(tag_bytes);
    evp_cipher_ctx_st* const c = sealing_.get();
    int size = 0;
    check(EVP_EncryptInit_ex2(c, nullptr, nullptr, bytes(fresh), nullptr), "EVP_EncryptInit");
    check(EVP_EncryptUpdate(c, nullptr, &size, bytes(bound_to), static_cast<int>(bound_to.size())),
          "EVP_EncryptUpdate");
    check(EVP_EncryptUpdate(c, bytes(ciphertext), &size, bytes(plaintext),
                            static_cast<int>(plaintext.size())),
          "EVP_EncryptUpdate");
    check(EVP_EncryptFinal_ex(c, bytes(tag), &size), "EVP_EncryptFinal");
    check(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, tag_bytes, tag.data()),
          "EVP_CTRL_AEAD_GET_TAG");
}

// REQUIRES: sealed is 28 bytes longer than out.
boost::system::error_code sealer::open(std::span<const std::byte> sealed, std::uint8_t data_key,
                                       std::span<const std::byte> bound_to,
                                       std::span<std::byte> out) {
    const auto key = ring_->data_key(data_key);
    if (!key) {
        return key.error();
    }
    std::array<std::byte, tag_bytes> tag;
    std::ranges::copy(sealed.last(tag_bytes), tag.begin());
    const auto ciphertext = sealed.subspan(nonce_bytes, out.size());
    evp_cipher_ctx_st* const c = opening_.get();
    int size = 0;
    const bool same_key = data_key == opening_key_;
    check(EVP_DecryptInit_ex2(c, nullptr, same_key ? nullptr : bytes(*key), bytes(sealed), nullptr),
          "EVP_DecryptInit");
    opening_key_ = data_key;
    check(EVP_DecryptUpdate(c, nullptr, &size, bytes(bound_to), static_cast<int>(bound_to.size())),
          "EVP_DecryptUpdate");
    check(EVP_DecryptUpdate(c, bytes(out), &size, bytes(ciphertext),
                            static_cast<int>(ciphertext.size())),
          "EVP_DecryptUpdate");
    check(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()),
          "EVP_CTRL_AEAD_SET_TAG");
    if (EVP_DecryptFinal_ex(c, bytes(tag), &size) != 1) {
        ERR_clear_error();  // left in the queue, a TLS call on this thread would take it for its
                            // own
        return core::make_error_code(core::errc::malformed);
    }
    return {};
}

}  // namespace doseline::storage
