#include "net/session.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <span>
#include <string_view>

// From a new connection to the end of its handshake.
namespace doseline::net {

namespace {

void answer_plain_http(int descriptor) {
    constexpr std::string_view answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 23\r\nConnection: close\r\n\r\nThis port speaks HTTPS.";
    // Read first: a close on unread bytes resets the connection, and the answer may go with it.
    std::array<char, core::limits::header_bytes_max> unread;
    static_cast<void>(::recv(descriptor, unread.data(), unread.size(), MSG_DONTWAIT));
    static_cast<void>(
        ::send(descriptor, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
}

}  // namespace

// Looks before it takes, so that not a byte of TLS is taken with it.
session::step session::read_balancer() {
    std::array<std::byte, proxy_header::bytes_max> come;
    const ssize_t n = ::recv(descriptor_, come.data(), come.size(), MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return step::wait;
    }
    const auto header = proxy_header::read(
        std::span(come).first(static_cast<std::size_t>(std::max<ssize_t>(0, n))));
    if (n > 0 && header.is == proxy_header::verdict::unfinished) {
        return step::wait;
    }
    if (n <= 0 || header.is == proxy_header::verdict::malformed) {
        host_.figures.refuse(refusal_reason::proxy_header);
        silent_ = true;  // there is no TLS to close
        return step::over;
    }
    static_cast<void>(::recv(descriptor_, come.data(), header.bytes, MSG_DONTWAIT));
    peer_ = header.source.value_or(peer_);
    enter(phase::handshake, host_.limits.handshake);
    return step::on;
}

// A TLS client speaks first, and its first byte is no letter.
session::step session::shake_hands() {
    if (!tls_.has_begun()) {
        char first = 0;
        const ssize_t peeked = ::recv(descriptor_, &first, 1, MSG_PEEK | MSG_DONTWAIT);
        if (peeked < 0 && (errno == EAGAIN || errno == EINTR)) {
            return step::wait;  // behind a balancer's header
        }
        if (peeked == 1 && first >= 'A' && first <= 'Z') {
            host_.figures.refuse(refusal_reason::plain_http);
            answer_plain_http(descriptor_);
            silent_ = true;  // there is no TLS to close
            return step::over;
        }
    }
    place_ = host_.handshakes.enter(*this);
    phase_ = phase::queued;  // within the time of the handshake
    return step::wait;
}

tls_stream& session::lend_for_handshake() noexcept {
    if (tls_.has_begun()) {
        phase_ = phase::signing;
    } else {
        // Anew: who has waited for its turn nearly as long as it may has time left to end it.
        enter(phase::signing, host_.limits.handshake);
    }
    return tls_;
}

// REQUIRES: its time runs since its turn began.
std::chrono::milliseconds session::since_its_turn() const noexcept {
    const auto all = static_cast<timing_wheel::tick>(host_.limits.handshake / host_.wheel_tick) + 1;
    return (all - host_.wheel.left(*this)) * host_.wheel_tick;
}

bool session::dawdles() const noexcept {
    return since_its_turn() >= host_.patience.of(host_.limits.handshake);
}

session::step session::go_on_shaking_hands(tls_state told) {
    if (told == tls_state::done) {
        if (phase_ == phase::answered) {
            host_.answered.leave(place_);
            host_.patience.ended_after(since_its_turn());
        }
        reactor_figures::add(host_.figures.handshakes, 1);
        enter(phase::idle, host_.limits.idle);
        return step::on;
    }
    const step s = wait_for(told);
    if (s == step::over) {
        host_.figures.refuse(refusal_reason::handshake_failed);
    } else if (phase_ == phase::handshake && tls_.has_answered()) {
        place_ = host_.answered.enter(*this);
        phase_ = phase::answered;  // within the time that it has had since its turn
    }
    return s;
}

}  // namespace doseline::net
