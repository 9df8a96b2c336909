#pragma once

#include "loadtest/endpoint.hpp"

#include <filesystem>
#include <memory>
#include <vector>

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;
struct x509_store_ctx_st;

namespace doseline::loadtest {

struct tls_release {
    void operator()(ssl_ctx_st* context) const noexcept;
    void operator()(ssl_st* connection) const noexcept;
    void operator()(ssl_session_st* session) const noexcept;
};
using tls_connection = std::unique_ptr<ssl_st, tls_release>;
using tls_session = std::unique_ptr<ssl_session_st, tls_release>;  // null: none to resume

// Makes TLS connections to one server, whose certificate must be signed by the authority and name
// the host. Tuned for very many that mostly wait: buffers are given back whenever nothing moves,
// no session is kept but by a caller who will resume it, and a certificate that is byte for byte
// the one verified last is not taken apart again, which saves each connection 2 KiB and a signature
// check. That the server has the certificate's key is checked every time.
//
// Thread safety: each thread has its own, so that none waits for another's reference counts.
class tls_client {
public:
    // Throws std::runtime_error with one line when the authority cannot be read.
    tls_client(const std::filesystem::path& authority, const endpoint& server);
    tls_client(const tls_client&) = delete;  // its context points at it
    tls_client& operator=(const tls_client&) = delete;

    // A client's side on a connected or connecting socket, which stays the caller's. A session
    // is resumed if the server still knows it. Null when memory is short.
    tls_connection on_socket(int descriptor, const tls_session& resumed = {}) const noexcept;

private:
    static int verify(x509_store_ctx_st* chain, void* self);

    std::unique_ptr<ssl_ctx_st, tls_release> context_;
    std::string server_name_;              // empty for an IP address
    std::vector<unsigned char> verified_;  // the certificate that was verified last, DER
};

}  // namespace doseline::loadtest
