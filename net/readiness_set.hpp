#pragma once

#include "net/asio.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <cstdint>
#include <functional>

namespace doseline::net {

class session;

// What the sockets of a reactor's sessions are ready for. An epoll set of its own, which the
// io_context watches as one descriptor: a socket enters once, is reported at edges, and leaves
// before it is closed. Asio would keep a queue of operations for each socket and tell the kernel of
// every wait again.
//
// Thread safety: none; its reactor's. Made before any thread, as the reactor is.
class readiness_set {
public:
    using report = std::function<void(session& who, std::uint32_t events)>;  // EPOLLIN ...

    explicit readiness_set(asio::io_context& context);

    // One report an edge from now on; from within one, the session may end itself and no other.
    void start(report to);
    void stop();  // no reports any more

    // Throws system_error.
    void add(int descriptor, session& who);
    // Before it is closed: a copy of the descriptor in a child would keep it in the set.
    void remove(int descriptor) noexcept;

private:
    void wait();
    void look();

    asio::posix::basic_stream_descriptor<executor> set_;
    report report_;
    bool stopped_ = false;
};

}  // namespace doseline::net
