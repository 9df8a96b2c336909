#pragma once

#include "net/connection_heap.hpp"
#include "net/tls_context.hpp"

#include <cstddef>
#include <memory>
#include <span>

struct ssl_st;
struct x509_st;

namespace doseline::net {

enum class tls_state {
    done,
    want_read,   // wait until the socket can be read, then call again
    want_write,  // likewise written
    closed,      // the peer has ended its side
    failed,      // nothing more can be done on this connection
};

// One connection's TLS, directly on its non-blocking socket, without waiting: every call does what
// it can and says what to wait for. So an idle connection holds OpenSSL's state and nothing else.
//
// Thread safety: one thread at a time, its reactor's but for a while (handshake_thread.hpp). The
// descriptor is the caller's and is not closed here.
class tls_stream {
public:
    tls_stream(const tls_context& context, int descriptor);
    ~tls_stream();
    tls_stream(const tls_stream&) = delete;
    tls_stream& operator=(const tls_stream&) = delete;

    bool has_begun() const noexcept;     // the first bytes of a handshake have been read
    bool has_answered() const noexcept;  // the client's hello: nothing so dear is left to be done
    tls_state handshake();

    // The peer's certificate when it has sent one; the authority has signed it. Lives as long as
    // the stream.
    const x509_st* peer_certificate() const noexcept;

    struct transfer {
        tls_state state = tls_state::failed;
        std::size_t bytes = 0;  // when done: at least one
    };
    transfer read(std::span<char> into);
    transfer write(std::span<const char> from);  // one record when it fits in one

    // Whether a read can find anything: decrypted or undecrypted bytes are held here, or the socket
    // was not empty when it was last read. Where sockets are watched for edges, nothing may be
    // waited for while this is true; asking spares the system call that finds nothing.
    bool may_have_more() const noexcept;
    // The socket has something new; with the end of what the peer sends, if that is known.
    void readable(bool with_end) noexcept {
        socket_empty_ = false;
        end_waits_ = end_waits_ || with_end;
    }

    // Tells the peer that no more comes. Its own is not waited for: it might never come.
    void close_notify() noexcept;

private:
    struct release {
        void operator()(ssl_st* ssl) const noexcept;
    };
    friend struct socket_bio;
    tls_state state_of(int returned) noexcept;

    connection_heap heap_;  // goes after what lies in it
    std::unique_ptr<ssl_st, release> ssl_;
    const int descriptor_;
    bool socket_empty_ = false;
    bool end_waits_ = false;  // behind what is left to be read
    bool usable_ = true;
};

}  // namespace doseline::net
