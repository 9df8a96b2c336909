#pragma once

#include "net/ticket_keys.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>

struct ssl_ctx_st;

namespace doseline::net {

// What all TLS connections of a listener share: certificate, versions, ciphers, ticket keys. TLS
// 1.3, and 1.2 with forward secrecy and AEAD for old PCs; X25519 first; one session ticket a
// handshake (a second costs 6 % of it).
//
// Thread safety: any thread. A reload replaces the certificate for connections made from then on;
// those that live keep theirs, and all of them keep the ticket keys.
class tls_context {
public:
    // PEM files. Throws with one line that names the file and what is wrong with it: missing or
    // not readable, no certificate, not yet or no longer valid, a key with a passphrase, not the
    // certificate's key.
    // registry: its directory. Once it has issued a client certificate, clients may show one that
    // its authority has signed, and need not; one of anybody else ends the handshake. Until then,
    // and where this is empty, none is asked for.
    tls_context(const std::filesystem::path& certificate, const std::filesystem::path& key,
                const std::filesystem::path& registry = {});

    // Reads the same files again. Throws as the constructor does, and then nothing has changed.
    void reload();

    // For one new connection, which holds on to it by itself.
    std::shared_ptr<ssl_ctx_st> get() const;

    // The certificate's last second.
    std::chrono::sys_seconds expires() const noexcept;

private:
    std::shared_ptr<ssl_ctx_st> load(bool asking);
    bool asks() const noexcept;

    const std::filesystem::path certificate_;
    const std::filesystem::path key_;
    const std::filesystem::path registry_;
    ticket_keys tickets_;
    // The library's atomic shared_ptr is a lock, too, and GCC 12's forgets to order its reads.
    mutable std::mutex mutex_;
    std::shared_ptr<ssl_ctx_st> silent_;       // guarded by mutex_; asks for no certificate
    std::shared_ptr<ssl_ctx_st> asking_;       // guarded by mutex_; empty without a registry
    mutable std::atomic<bool> issued_{false};  // a client certificate has been seen to be issued
};

}  // namespace doseline::net
