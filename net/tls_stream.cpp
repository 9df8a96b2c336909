#include "net/tls_stream.hpp"

#include "storage/openssl.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

namespace doseline::net {
namespace {

// The error queue belongs to the thread, not to the connection: what another connection left in it
// must not be taken for ours, so it is emptied before every call. It mostly is empty, and to look
// costs less than to empty it.
void empty_errors() noexcept {
    if (ERR_peek_error() != 0) {
        ERR_clear_error();
    }
}

}  // namespace

// OpenSSL's way to the socket: as its own, but it tells whether the socket has been emptied, and a
// peer that has gone is an error and not a signal.
struct socket_bio {
    static const BIO_METHOD* method() {
        static const auto made = [] {
            using storage::openssl::check;
            BIO_METHOD* const m =
                check(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket"), "BIO");
            check(BIO_meth_set_read(m, &socket_bio::read), "BIO");
            check(BIO_meth_set_write(m, &socket_bio::write), "BIO");
            check(BIO_meth_set_ctrl(m, &socket_bio::control), "BIO");
            return m;  // for all connections, until the process ends
        }();
        return made;
    }

private:
    static tls_stream& stream_of(BIO* bio) noexcept {
        return *static_cast<tls_stream*>(BIO_get_data(bio));
    }
    static int read(BIO* bio, char* into, int bytes) {
        tls_stream& stream = stream_of(bio);
        BIO_clear_retry_flags(bio);
        ssize_t got = 0;
        do {
            got = ::recv(stream.descriptor_, into, static_cast<std::size_t>(bytes), 0);
        } while (got < 0 && errno == EINTR);
        const bool nothing = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        if (nothing) {
            BIO_set_retry_read(bio);
        } else if (got == 0) {
            BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
        }
        // Less than was asked for is all that there was: what comes later is an edge of its own.
        // But for an end or a reset that came in one edge with the last bytes: nothing comes behind
        // it.
        stream.socket_empty_ = nothing || (got > 0 && got < bytes && !stream.end_waits_);
        return static_cast<int>(got);
    }
    static int write(BIO* bio, const char* from, int bytes) {
        BIO_clear_retry_flags(bio);
        ssize_t sent = 0;
        do {
            sent = ::send(stream_of(bio).descriptor_, from, static_cast<std::size_t>(bytes),
                          MSG_NOSIGNAL);
        } while (sent < 0 && errno == EINTR);
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            BIO_set_retry_write(bio);
        }
        return static_cast<int>(sent);
    }
    static long control(BIO* bio, int what, long, void*) noexcept {
        switch (what) {
            case BIO_CTRL_FLUSH: return 1;  // nothing is held back
            case BIO_CTRL_EOF: return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
            default: return 0;
        }
    }
};

void tls_stream::release::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

// What stays for the connection is made here and in its handshake; reading and writing take buffers
// that do not outlive the call, as quick from malloc.
tls_stream::tls_stream(const tls_context& context, int descriptor) : descriptor_(descriptor) {
    const connection_heap::use together(heap_);
    ssl_.reset(storage::openssl::check(SSL_new(context.get().get()), "TLS connection"));
    BIO* const bio = storage::openssl::check(BIO_new(socket_bio::method()), "TLS on a socket");
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);  // owns it
    SSL_set_accept_state(ssl_.get());
}

// No session is kept, so none need be forgotten, as OpenSSL would do for a connection that ends
// without a good-bye, under a lock of all reactors.
tls_stream::~tls_stream() { SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN); }

bool tls_stream::has_begun() const noexcept { return SSL_in_before(ssl_.get()) == 0; }

// A hello may come in pieces. One that must be sent again with another key waits in the state in
// which a signed one waits for the client's end (TLS_ST_EARLY_DATA), but our end is not made yet.
bool tls_stream::has_answered() const noexcept {
    const OSSL_HANDSHAKE_STATE state = SSL_get_state(ssl_.get());
    if (state == TLS_ST_EARLY_DATA) {
        char none = 0;
        return SSL_get_finished(ssl_.get(), &none, 0) != 0;
    }
    return state != TLS_ST_BEFORE && state != TLS_ST_SR_CLNT_HELLO;
}

tls_state tls_stream::handshake() {
    const connection_heap::use together(heap_);
    empty_errors();
    return state_of(SSL_do_handshake(ssl_.get()));
}

const x509_st* tls_stream::peer_certificate() const noexcept {
    return SSL_get_verify_result(ssl_.get()) == X509_V_OK ? SSL_get0_peer_certificate(ssl_.get())
                                                          : nullptr;
}

tls_stream::transfer tls_stream::read(std::span<char> into) {
    empty_errors();
    std::size_t bytes = 0;
    const tls_state state = state_of(SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes));
    return {state, bytes};
}

tls_stream::transfer tls_stream::write(std::span<const char> from) {
    empty_errors();
    std::size_t bytes = 0;
    const tls_state state = state_of(SSL_write_ex(ssl_.get(), from.data(), from.size(), &bytes));
    return {state, bytes};
}

bool tls_stream::may_have_more() const noexcept {
    return !socket_empty_ || SSL_has_pending(ssl_.get()) == 1;
}

void tls_stream::close_notify() noexcept {
    if (usable_ && SSL_is_init_finished(ssl_.get()) == 1) {
        empty_errors();
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
        default: break;
    }
    usable_ = false;  // OpenSSL forbids a shutdown after such an error
    return tls_state::failed;
}

}  // namespace doseline::net
