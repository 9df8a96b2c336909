#include "loadtest/tls_client.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <stdexcept>
#include <utility>

namespace doseline::loadtest {

namespace {

// OpenSSL keeps the server's certificate, taken apart, with each connection as long as that lives,
// though only its key is looked at after the verification.
void forget_all_but_key(X509& certificate) noexcept {
    while (X509_get_ext_count(&certificate) > 0) {
        X509_EXTENSION_free(X509_delete_ext(&certificate, 0));
    }
    X509_NAME* const nobody = X509_NAME_new();
    if (nobody != nullptr) {
        X509_set_subject_name(&certificate, nobody);
        X509_set_issuer_name(&certificate, nobody);
        i2d_re_X509_tbs(&certificate, nullptr);  // and with these its encoding, anew
        X509_NAME_free(nobody);
    }
}

}  // namespace

void tls_release::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }
void tls_release::operator()(ssl_st* connection) const noexcept { SSL_free(connection); }
void tls_release::operator()(ssl_session_st* session) const noexcept { SSL_SESSION_free(session); }

tls_client::tls_client(const std::filesystem::path& authority, const endpoint& server)
    : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX* context = context_.get();
    if (context == nullptr) {
        throw std::runtime_error("OpenSSL cannot make a TLS context");
    }
    ERR_clear_error();
    if (SSL_CTX_load_verify_file(context, authority.c_str()) != 1) {
        throw std::runtime_error("cannot read a certificate authority from " + authority.string());
    }
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, verify, this);
    X509_VERIFY_PARAM* expected = SSL_CTX_get0_param(context);
    bool named = X509_VERIFY_PARAM_set1_ip_asc(expected, server.host.c_str()) == 1;
    if (!named) {
        server_name_ = server.host;
        named = X509_VERIFY_PARAM_set1_host(expected, server.host.data(), server.host.size()) == 1;
    }
    ERR_clear_error();
    if (!named) {
        throw std::runtime_error("no certificate can name the host " + server.host);
    }
}

int tls_client::verify(x509_store_ctx_st* chain, void* self) {
    std::vector<unsigned char>& verified = static_cast<tls_client*>(self)->verified_;
    X509* const shown = X509_STORE_CTX_get0_cert(chain);
    const int bytes = i2d_X509(shown, nullptr);
    if (bytes <= 0) {
        return 0;
    }
    std::vector<unsigned char> encoded(static_cast<std::size_t>(bytes));
    unsigned char* end = encoded.data();
    i2d_X509(shown, &end);
    if (encoded == verified) {
        forget_all_but_key(*shown);
        return 1;
    }
    const int good = X509_verify_cert(chain);
    if (good == 1) {
        verified = std::move(encoded);
    }
    return good;
}

tls_connection tls_client::on_socket(int descriptor, const tls_session& resumed) const noexcept {
    tls_connection connection(SSL_new(context_.get()));
    if (!connection || SSL_set_fd(connection.get(), descriptor) != 1 ||
        (!server_name_.empty() &&
         SSL_set_tlsext_host_name(connection.get(), server_name_.c_str()) != 1) ||
        (resumed && SSL_set_session(connection.get(), resumed.get()) != 1)) {
        return nullptr;
    }
    SSL_set_connect_state(connection.get());
    return connection;
}

}  // namespace doseline::loadtest
