#pragma once

#include <filesystem>
#include <memory>

struct ssl_ctx_st;

namespace doseline::net {

// What all TLS connections of a listener share: certificate, versions, ciphers. TLS 1.3, and 1.2
// with forward secrecy and AEAD for old PCs; X25519 first; one session ticket a handshake (a
// second costs 6 % of it).
//
// Thread safety: immutable after construction; any thread makes connections of it.
class tls_context {
public:
    // PEM files. Throws with one line that says what to do when a file is missing or the key is
    // not the certificate's.
    tls_context(const std::filesystem::path& certificate, const std::filesystem::path& key);

    ssl_ctx_st* get() const noexcept { return context_.get(); }

private:
    struct release {
        void operator()(ssl_ctx_st* context) const noexcept;
    };
    std::unique_ptr<ssl_ctx_st, release> context_;
};

}  // namespace doseline::net
