#pragma once

#include "net/asio.hpp"
#include "net/unread_wait.hpp"

#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace doseline::net {

class session;

// What the sockets of a reactor's sessions are ready for. An epoll set of its own, which the
// io_context watches as one descriptor: a socket enters once, is reported at edges, and leaves
// before it is closed. Asio would keep a queue of operations for each socket and tell the kernel of
// every wait again.
//
// Thread safety: its reactor's, but for wake(). Made before any thread, as the reactor is.
class readiness_set {
public:
    struct reports {
        // EPOLLIN ... False: it only noted them, for later.
        std::function<bool(session& who, std::uint32_t events)> ready;
        // All that was found has been reported, or wake() has been called; any session may end in
        // it. There may be more ready, after it has waited so long: true lets it look again at
        // once.
        std::function<bool(bool more, std::chrono::nanoseconds unread)> looked;
    };

    explicit readiness_set(asio::io_context& context);
    ~readiness_set();

    // One report an edge from now on; from within one, the session may end itself and no other.
    void start(reports to);
    void stop();  // no reports any more

    // Any thread, also one with a descriptor table of its own: looked() is called soon.
    void wake() noexcept;

    // Throws system_error.
    void add(int descriptor, session& who);
    // Before it is closed: a copy of the descriptor in a child would keep it in the set.
    void remove(int descriptor) noexcept;

private:
    // Where Asio keeps the one wait that is under way, in place of the heap.
    struct wait_memory {
        alignas(std::max_align_t) std::array<std::byte, 256> bytes;
        bool taken = false;
    };
    template <class T>
    struct wait_allocator;

    void wait();
    void look();
    bool look_once();

    asio::posix::basic_stream_descriptor<executor> set_;
    reports report_;
    // Two eventfds, never read: each write is an edge.
    const int wake_;
    const int probe_;
    unread_wait unread_;
    wait_memory memory_;
    bool stopped_ = false;
};

}  // namespace doseline::net
