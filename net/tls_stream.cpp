#include "net/tls_stream.hpp"

#include "storage/openssl.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>

namespace doseline::net {

void tls_stream::release::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

tls_stream::tls_stream(const tls_context& context, int descriptor)
    : ssl_(storage::openssl::check(SSL_new(context.get()), "TLS connection")) {
    storage::openssl::check(SSL_set_fd(ssl_.get(), descriptor), "TLS on a socket");
    SSL_set_accept_state(ssl_.get());
}

tls_stream::~tls_stream() = default;
tls_stream::tls_stream(tls_stream&&) noexcept = default;

// The error queue belongs to the thread, not to the connection: what another connection left in it
// must not be taken for ours, so it is emptied before every call.
tls_state tls_stream::handshake() {
    ERR_clear_error();
    return state_of(SSL_do_handshake(ssl_.get()));
}

tls_stream::transfer tls_stream::read(std::span<char> into) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const tls_state state = state_of(SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes));
    return {state, bytes};
}

tls_stream::transfer tls_stream::write(std::span<const char> from) {
    ERR_clear_error();
    std::size_t bytes = 0;
    const tls_state state = state_of(SSL_write_ex(ssl_.get(), from.data(), from.size(), &bytes));
    return {state, bytes};
}

bool tls_stream::has_pending() const noexcept { return SSL_has_pending(ssl_.get()) == 1; }

void tls_stream::close_notify() noexcept {
    if (usable_ && SSL_is_init_finished(ssl_.get()) == 1) {
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }
}

tls_state tls_stream::state_of(int returned) noexcept {
    if (returned > 0) {
        return tls_state::done;
    }
    const int why = SSL_get_error(ssl_.get(), returned);
    switch (why) {
        case SSL_ERROR_WANT_READ: return tls_state::want_read;
        case SSL_ERROR_WANT_WRITE: return tls_state::want_write;
        case SSL_ERROR_ZERO_RETURN: return tls_state::closed;
        case SSL_ERROR_SYSCALL:
            if (errno == EAGAIN || errno == EWOULDBLOCK) {
                return tls_state::want_read;  // a system call that found nothing: wait
            }
            break;
        default: break;
    }
    usable_ = false;  // OpenSSL forbids a shutdown after such an error
    return tls_state::failed;
}

}  // namespace doseline::net
