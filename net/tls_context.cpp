#include "net/tls_context.hpp"

#include "storage/openssl.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <stdexcept>

namespace doseline::net {

namespace {

void require_file(const std::filesystem::path& path, const char* what) {
    if (!std::filesystem::exists(path)) {
        throw std::runtime_error(std::string(what) + ' ' + path.string() +
                                 " does not exist: name both --certificate and --key");
    }
}

}  // namespace

void tls_context::release::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

tls_context::tls_context(const std::filesystem::path& certificate,
                         const std::filesystem::path& key) {
    using storage::openssl::check;
    require_file(certificate, "certificate");
    require_file(key, "private key");
    context_.reset(check(SSL_CTX_new(TLS_server_method()), "TLS context"));
    SSL_CTX* const c = context_.get();

    check(static_cast<int>(SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION)), "TLS 1.2");
    check(SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20"), "TLS 1.2 ciphers");
    check(static_cast<int>(SSL_CTX_set1_groups_list(c, "X25519:P-256")), "key exchange groups");
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // An idle connection holds no buffers; a write may come from another place when it goes on.
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(c, 1);  // one system call a record instead of two
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);  // tickets: nothing is kept here
    check(SSL_CTX_set_num_tickets(c, 1), "session tickets");

    if (SSL_CTX_use_certificate_chain_file(c, certificate.c_str()) != 1) {
        storage::openssl::fail(("certificate " + certificate.string()).c_str());
    }
    if (SSL_CTX_use_PrivateKey_file(c, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(c) != 1) {
        ERR_clear_error();
        throw std::runtime_error("private key " + key.string() + " is not that of certificate " +
                                 certificate.string());
    }
}

}  // namespace doseline::net
