#include "net/ticket_keys.hpp"

#include "storage/openssl.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace doseline::net {

namespace {

// What OpenSSL's callback may say.
constexpr int failed = -1;
constexpr int no_ticket = 0;  // a full handshake instead
constexpr int ready = 1;
constexpr int ready_and_renew = 2;  // the client gets a new ticket, under the current key

bool set_mac(EVP_MAC_CTX* mac, const ticket_keys::key& k) {
    std::array<std::byte, 32> bytes = k.mac;
    std::string digest = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, bytes.data(), bytes.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    const bool set = EVP_MAC_CTX_set_params(mac, parameters) == 1;
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return set;
}

int seal(const ticket_keys::key& k, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
         EVP_MAC_CTX* mac) {
    std::memcpy(name, k.name.data(), k.name.size());
    const bool set = RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
                     EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr,
                                        storage::openssl::bytes(k.cipher), iv) == 1 &&
                     set_mac(mac, k);
    return set ? ready : failed;
}

int open(const ticket_keys::key& k, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
         EVP_MAC_CTX* mac) {
    const bool set =
        set_mac(mac, k) && EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr,
                                              storage::openssl::bytes(k.cipher), iv) == 1;
    return set ? ready : failed;
}

bool is_named(const ticket_keys::key& k, const unsigned char* name) noexcept {
    return std::equal(k.name.begin(), k.name.end(), reinterpret_cast<const std::byte*>(name));
}

int take_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                EVP_MAC_CTX* mac, int sealing) {
    auto* const all = static_cast<ticket_keys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    const auto keys = all->at(std::chrono::steady_clock::now());
    if (sealing == 1) {
        return seal(keys->current, name, iv, cipher, mac);
    }
    if (is_named(keys->current, name)) {
        return open(keys->current, iv, cipher, mac);
    }
    if (keys->previous && is_named(*keys->previous, name)) {
        return open(*keys->previous, iv, cipher, mac) == ready ? ready_and_renew : failed;
    }
    return no_ticket;
}

}  // namespace

ticket_keys::key::key() {
    storage::openssl::random(name);
    storage::openssl::random(cipher);
    storage::openssl::random(mac);
}

ticket_keys::key::~key() {
    OPENSSL_cleanse(cipher.data(), cipher.size());
    OPENSSL_cleanse(mac.data(), mac.size());
}

ticket_keys::ticket_keys(time_point now)
    : keys_(std::make_shared<const key_set>(key_set{{}, std::nullopt, now})) {}

// Whoever is first to find them old makes the next ones; the others take what they find then.
std::shared_ptr<const ticket_keys::key_set> ticket_keys::at(time_point now) {
    const std::lock_guard lock(mutex_);
    if (now - keys_->made >= lifetime) {
        const bool still_opens = now - keys_->made < 2 * lifetime;
        keys_ = std::make_shared<const key_set>(
            key_set{{}, still_opens ? std::optional(keys_->current) : std::nullopt, now});
    }
    return keys_;
}

void ticket_keys::attach(ssl_ctx_st* context) {
    SSL_CTX_set_app_data(context, this);
    storage::openssl::check(
        static_cast<int>(SSL_CTX_set_tlsext_ticket_key_evp_cb(context, take_ticket)),
        "session ticket keys");
    SSL_CTX_set_timeout(context, std::chrono::seconds(lifetime).count());
}

}  // namespace doseline::net
