#include "loadtest/client_loop.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <utility>

// The half of client_loop that speaks TLS: every function is called when a connection may go on,
// does what is possible without waiting, and leaves word for what it waits.
namespace doseline::loadtest {

void client_loop::shake_hands(connection_id id) {
    connection& c = connections_[id];
    ERR_clear_error();
    const int done = SSL_do_handshake(c.tls.get());
    if (done != 1) {
        const int error = errno;
        const int reason = SSL_get_error(c.tls.get(), done);
        if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) {
            return watch(id, reason == SSL_ERROR_WANT_WRITE);
        }
        note_trouble(failure::handshake, reason == SSL_ERROR_SYSCALL ? error : 0,
                     SSL_get_verify_result(c.tls.get()));
        return fail(id, failure::handshake);
    }
    watch(id, false);
    c.in = state::idle;
    ++c.work;
    open_now_.fetch_add(1, std::memory_order_relaxed);
    actor_->opened(id);
}

void client_loop::write_more(connection_id id) {
    connection& c = connections_[id];
    exchange& e = exchanges_[c.exchange];
    while (e.sent < e.asked.bytes.size()) {
        ERR_clear_error();
        const int n = SSL_write(c.tls.get(), e.asked.bytes.data() + e.sent,
                                static_cast<int>(e.asked.bytes.size() - e.sent));
        if (n <= 0) {
            const int reason = SSL_get_error(c.tls.get(), n);
            if (reason == SSL_ERROR_WANT_WRITE || reason == SSL_ERROR_WANT_READ) {
                return watch(id, reason == SSL_ERROR_WANT_WRITE);
            }
            return fail(id, failure::closed);
        }
        e.sent += static_cast<std::size_t>(n);
    }
    watch(id, false);
}

void client_loop::read_more(connection_id id) {
    connection& c = connections_[id];
    exchange& e = exchanges_[c.exchange];
    response answer;
    for (;;) {
        ERR_clear_error();
        const int n = SSL_read(c.tls.get(), scratch_.data(), static_cast<int>(scratch_.size()));
        if (n <= 0) {
            const int reason = SSL_get_error(c.tls.get(), n);
            if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) {
                return watch(id, reason == SSL_ERROR_WANT_WRITE);
            }
            return fail(id, failure::closed);
        }
        e.received.append(scratch_.data(), static_cast<std::size_t>(n));
        const response_state parsed = parse_response(e.received, answer);
        if (parsed == response_state::malformed) {
            return fail(id, failure::malformed);
        }
        if (parsed == response_state::complete) {
            return take_answer(id, answer);
        }
    }
}

void client_loop::take_answer(connection_id id, const response& answer) {
    const std::uint32_t index = std::exchange(connections_[id].exchange, no_exchange);
    connections_[id].in = state::idle;
    ++connections_[id].work;
    // The actor may send on this connection, and open others, which moves connections_.
    actor_->answered(id, exchanges_[index].asked, answer);
    give_exchange(index);
    if (answer.close && connections_[id].in == state::idle) {
        fail(id, failure::closed);
    }
}

// Session tickets and key updates come unasked and mean nothing here; an end or data does.
void client_loop::read_idle(connection_id id) {
    connection& c = connections_[id];
    ERR_clear_error();
    const int n = SSL_read(c.tls.get(), scratch_.data(), static_cast<int>(scratch_.size()));
    if (n > 0) {
        return fail(id, failure::malformed);
    }
    const int reason = SSL_get_error(c.tls.get(), n);
    if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) {
        fail(id, failure::closed);
    }
}

}  // namespace doseline::loadtest
