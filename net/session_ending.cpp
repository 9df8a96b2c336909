#include "net/session.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <new>
#include <utility>

// How a connection ends: the peer's end in its turn, and our own so that the last answer arrives.
namespace doseline::net {

bool session::wait_to_leave(std::uint32_t events) {
    if ((events & (EPOLLERR | EPOLLHUP)) == 0 && has_asked()) {
        ready(events);
        return true;
    }
    if (end_events_ == 0) {
        try {
            leaving_place_ = host_.leaving.enter(*this);
        } catch (const std::bad_alloc&) {
            ready(events);  // no room to wait in
            return true;
        }
    }
    end_events_ |= events;
    return false;
}

// What lies in the socket begins with a record of something more than TLS's own end, which TLS 1.3
// seals like all else.
bool session::has_asked() const noexcept {
    constexpr unsigned char application_data = 23;  // RFC 8446, 5.1
    constexpr std::size_t end_bytes = 2 + 1 + 16;   // alert, its type, the tag; 5.2
    std::array<unsigned char, 5> head{};
    return ::recv(descriptor_, head.data(), head.size(), MSG_PEEK | MSG_DONTWAIT) ==
               static_cast<ssize_t>(head.size()) &&
           head[0] == application_data && (head[3] << 8 | head[4]) > static_cast<int>(end_bytes);
}

void session::leave_now() { ready(std::exchange(end_events_, 0u)); }

void session::close_notify() noexcept {
    if (!std::exchange(silent_, true)) {
        tls_.close_notify();
    }
}

// A close on unread bytes resets the connection, and a reset takes back an answer that is still on
// its way (RFC 9112, 9.6). So the client is told that nothing more is read, and what it sends all
// the same is dropped until it closes.
session::step session::let_answer_arrive() {
    std::array<char, 4'096> unread;
    while (!host_.draining && dropped_ < core::limits::batch_body_bytes_max) {
        const ssize_t got = ::recv(descriptor_, unread.data(), unread.size(), MSG_DONTWAIT);
        if (got <= 0) {
            const bool later = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
            return later ? step::wait : step::over;
        }
        dropped_ += static_cast<std::uint32_t>(got);
    }
    return step::over;
}

}  // namespace doseline::net
