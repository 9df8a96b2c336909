#pragma once

#include "core/error.hpp"
#include "core/fixed_string.hpp"
#include "core/identity.hpp"
#include "core/limits.hpp"
#include "storage/key_ring.hpp"
#include "storage/nonce.hpp"
#include "storage/sha256.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

struct evp_cipher_ctx_st;
struct evp_cipher_st;

namespace doseline::storage {

struct opened_person {
    std::uint64_t number = 0;  // the 13 digits
    core::fixed_string<core::limits::sealed_name_bytes_max> name;
};

// Hides who a person is: keyed hashes for finding, AES-256-GCM for keeping. Nothing else in the
// program knows the cipher.
//
// Thread safety: one per thread, with a thread number that no other sealer of this boot epoch has;
// the ring outlives it. Contexts are made once, so a call costs no algorithm look-up.
// Invariant: a nonce is used once under a key, because (boot epoch, thread number, counter) is.
//
// A sealed record opens only with the clinic and key hash that it was sealed for: it cannot be
// moved to another registration, and a person's part cannot pass for an extension.
class sealer {
public:
    // boot_epoch: from advance_boot_epoch(); never one that this ring has sealed under before.
    sealer(const key_ring& ring, std::uint32_t boot_epoch, std::uint16_t thread_number);
    ~sealer();
    sealer(sealer&&) noexcept;

    // Seals and opens with this ring from now on; of the same registry. Costs nothing when it is
    // the one in use.
    void renew(const key_ring& ring) {
        if (&ring != ring_) {
            use(ring);
        }
    }
    // What the next record is sealed under.
    std::uint8_t data_key() const noexcept { return ring_->current_data_key_id(); }

    core::person_key person_key(std::string_view digits13);
    core::key_hash key_hash(std::uint32_t clinic_code, std::span<const std::byte, 16> uuid);
    core::fingerprint fingerprint(std::span<const std::byte> canonical_fields);

    // Seals under data_key(), which the caller keeps with the record. Throws
    // std::length_error when number >= 10^13 or name > limits::sealed_name_bytes_max bytes.
    core::sealed_person seal_person(std::uint64_t number, std::string_view name,
                                    std::uint32_t clinic_code, const core::key_hash& key);

    // Errors: not_found, the data key has been destroyed; malformed, not what was sealed here.
    core::result<opened_person> open_person(const core::sealed_person& sealed,
                                            std::uint8_t data_key, std::uint32_t clinic_code,
                                            const core::key_hash& key);

    // A sealed extension is extension_overhead bytes longer than its plaintext, which has at most
    // extension_plaintext_max bytes; returns the bytes written. Throws std::length_error beyond
    // either. out must not overlap plaintext.
    static constexpr std::size_t extension_overhead = 12 + 16;
    static constexpr std::size_t extension_plaintext_max =
        core::limits::extension_bytes_max - extension_overhead;
    std::size_t seal_extension(std::span<const std::byte> plaintext, std::uint32_t clinic_code,
                               const core::key_hash& key, std::span<std::byte> out);

    // Returns the plaintext's bytes. Errors as open_person; limit_reached when out is too small.
    // On an error out holds nothing of use.
    core::result<std::size_t> open_extension(std::span<const std::byte> sealed,
                                             std::uint8_t data_key, std::uint32_t clinic_code,
                                             const core::key_hash& key, std::span<std::byte> out);

private:
    struct release {
        void operator()(evp_cipher_st* algorithm) const noexcept;
        void operator()(evp_cipher_ctx_st* context) const noexcept;
    };
    using context = std::unique_ptr<evp_cipher_ctx_st, release>;

    void use(const key_ring& ring);
    core::person_key hash(std::byte domain, std::span<const std::byte> message);
    void seal(std::span<const std::byte> plaintext, std::span<const std::byte> bound_to,
              std::span<std::byte> out);
    boost::system::error_code open(std::span<const std::byte> sealed, std::uint8_t data_key,
                                   std::span<const std::byte> bound_to, std::span<std::byte> out);

    const key_ring* ring_ = nullptr;
    hmac_sha256 lookup_;
    nonce_sequence nonces_;
    std::unique_ptr<evp_cipher_st, release> algorithm_;
    context sealing_;
    context opening_;
    std::uint8_t opening_key_ = 0;  // the data key that opening_ is set to
};

}  // namespace doseline::storage
