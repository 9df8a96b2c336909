#include "storage/pseudonym.hpp"

#include <openssl/crypto.h>

#include <span>
#include <string_view>

namespace doseline::storage {

namespace {

// A domain of the lookup key (its others are in seal.cpp), and the one of the key derived there.
constexpr std::byte exports{'E'};
constexpr std::string_view purpose = "doseline export pseudonym 1";
constexpr std::size_t pseudonym_bytes = 16;

hmac_sha256 derived_from(key_view lookup_key) {
    digest key = hmac_sha256(lookup_key).of(exports, std::as_bytes(std::span(purpose)));
    hmac_sha256 derived(key);
    OPENSSL_cleanse(key.data(), key.size());
    return derived;
}

}  // namespace

pseudonyms::pseudonyms(const key_ring& ring) : export_key_(derived_from(ring.lookup_key())) {}

std::string pseudonyms::of(const core::person_key& person) {
    constexpr std::string_view digits = "0123456789abcdef";
    const digest hash = export_key_.of(exports, person);
    std::string text;
    for (const std::byte b : std::span(hash).first<pseudonym_bytes>()) {
        text += digits[std::to_integer<std::size_t>(b >> 4)];
        text += digits[std::to_integer<std::size_t>(b & std::byte{15})];
    }
    return text;
}

}  // namespace doseline::storage
