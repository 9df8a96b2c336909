#include "loadtest/client_loop.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace doseline::loadtest {

namespace {

constexpr std::size_t read_bytes = 16 * 1024;  // a TLS record at most
constexpr std::size_t kept_bytes_max = 64 * 1024;

timespec relative(time_point from, time_point until) noexcept {
    const auto left = std::max(std::chrono::nanoseconds{0},
                               std::chrono::duration_cast<std::chrono::nanoseconds>(until - from));
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(left);
    return {static_cast<time_t>(whole.count()), static_cast<long>((left - whole).count())};
}

}  // namespace

std::string_view name_of(failure f) noexcept {
    constexpr std::array<std::string_view, failures> names{"connect", "handshake", "timeout",
                                                           "closed",  "malformed", "dropped"};
    return names[static_cast<std::size_t>(f)];
}

client_loop::client_loop(const endpoint& server, const tls_client& tls, std::uint32_t source_stride,
                         std::uint32_t source_offset)
    : server_(server), tls_(tls), source_stride_(source_stride), next_source_(source_offset),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)), scratch_(read_bytes) {
    if (epoll_ < 0) {
        throw std::system_error(errno, std::generic_category(), "epoll_create1");
    }
}

client_loop::~client_loop() {
    hang_up();
    ::close(epoll_);
}

void client_loop::hang_up() {
    for (connection& c : connections_) {
        if (c.in == state::idle) {
            ERR_clear_error();
            SSL_shutdown(c.tls.get());  // says good-bye; the answer is not waited for
        }
        c.tls.reset();
        if (c.descriptor >= 0) {
            ::close(std::exchange(c.descriptor, -1));
        }
        c.in = state::closed;
    }
    open_now_.store(0, std::memory_order_relaxed);
}

void client_loop::run(actor& part) {
    actor_ = &part;
    for (;;) {
        const time_point now = steady_clock::now();
        expire(now);
        const std::optional<time_point> wake = part.act(now);
        if (!wake) {
            break;
        }
        // What broke while the actor acted is told at once: it may be what the actor waits for.
        const bool quiet = broken_.empty();
        bury_broken();
        wait(quiet ? *wake : now);
        bury_broken();
    }
    actor_ = nullptr;
}

connection_id client_loop::open(const tls_session& resumed) {
    if (free_ids_.empty()) {
        free_ids_.push_back(static_cast<connection_id>(connections_.size()));
        connections_.emplace_back();
    }
    const connection_id id = free_ids_.back();
    free_ids_.pop_back();
    connection& c = connections_[id];
    c.in = state::connecting;
    epoll_event interest{};
    interest.events = EPOLLIN | EPOLLOUT;
    interest.data.u32 = id;
    if (!start_connecting(c, resumed) ||
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, c.descriptor, &interest) != 0) {
        note_trouble(failure::connect, errno, X509_V_OK);
        fail(id, failure::connect);
        return id;
    }
    c.awaits_write = true;
    arm(id);
    return id;
}

// False: errno says why not.
bool client_loop::start_connecting(connection& c, const tls_session& resumed) {
    c.descriptor = ::socket(server_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c.descriptor < 0) {
        return false;
    }
    const int on = 1;
    ::setsockopt(c.descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (server_.family() == AF_INET && server_.is_loopback()) {
        // The port is chosen at connect, when the destination is known: ports need only differ
        // between connections of the same source.
        ::setsockopt(c.descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        sockaddr_in source{};
        source.sin_family = AF_INET;
        source.sin_addr = loopback_source(next_source_);
        next_source_ += source_stride_;
        if (::bind(c.descriptor, reinterpret_cast<const sockaddr*>(&source), sizeof source) != 0) {
            return false;
        }
    }
    c.tls = tls_.on_socket(c.descriptor, resumed);
    if (!c.tls) {
        errno = ENOMEM;
        return false;
    }
    return ::connect(c.descriptor, server_.raw(), server_.address_bytes) == 0 ||
           errno == EINPROGRESS;
}

void client_loop::send(connection_id id, request what) {
    connection& c = connections_[id];
    c.exchange = take_exchange();
    exchanges_[c.exchange].asked = std::move(what);
    c.in = state::busy;
    arm(id);
    write_more(id);
}

void client_loop::drop(connection_id id) {
    if (connections_[id].in != state::broken) {
        fail(id, failure::dropped);
    }
}

void client_loop::reset_at_close(connection_id id) {
    const linger at_once{1, 0};
    ::setsockopt(connections_[id].descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void client_loop::cut_for_good(connection_id id) {
    reset_at_close(id);
    cut_off_.push_back(std::move(connections_[id].tls));
    drop(id);
}

void client_loop::cut(connection_id id) {
    reset_at_close(id);
    // Or OpenSSL takes it for the session's fault, and spoils that.
    SSL_set_shutdown(connections_[id].tls.get(), SSL_SENT_SHUTDOWN);
    drop(id);
}

tls_session client_loop::session_of(connection_id id) const {
    tls_session kept(SSL_get1_session(connections_[id].tls.get()));
    return kept && SSL_SESSION_is_resumable(kept.get()) == 1 ? std::move(kept) : nullptr;
}

bool client_loop::is_resumed(connection_id id) const noexcept {
    return SSL_session_reused(connections_[id].tls.get()) == 1;
}

void client_loop::on_ready(connection_id id) {
    switch (connections_[id].in) {
        case state::connecting: {
            int error = 0;
            socklen_t bytes = sizeof error;
            ::getsockopt(connections_[id].descriptor, SOL_SOCKET, SO_ERROR, &error, &bytes);
            if (error != 0) {
                note_trouble(failure::connect, error, X509_V_OK);
                return fail(id, failure::connect);
            }
            connections_[id].in = state::handshaking;
            return shake_hands(id);
        }
        case state::handshaking: return shake_hands(id);
        case state::idle: return read_idle(id);
        case state::busy: {
            const exchange& e = exchanges_[connections_[id].exchange];
            return e.sent < e.asked.bytes.size() ? write_more(id) : read_more(id);
        }
        case state::closed:
        case state::broken: return;
    }
}

void client_loop::watch(connection_id id, bool for_write) {
    connection& c = connections_[id];
    if (c.awaits_write == for_write) {
        return;
    }
    epoll_event interest{};
    interest.events = for_write ? EPOLLOUT : EPOLLIN;
    interest.data.u32 = id;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, c.descriptor, &interest);
    c.awaits_write = for_write;
}

void client_loop::arm(connection_id id) {
    deadlines_.push_back({steady_clock::now() + answer_timeout, id, ++connections_[id].work});
}

// Only marks: the actor is told at the end of the turn, never from within its own calls.
void client_loop::fail(connection_id id, failure why) {
    if (connections_[id].in == state::idle || connections_[id].in == state::busy) {
        open_now_.fetch_sub(1, std::memory_order_relaxed);
    }
    connections_[id].in = state::broken;
    connections_[id].why = why;
    broken_.push_back(id);
}

void client_loop::note_trouble(failure why, int system_error, long verify_error) {
    if (!first_trouble_.empty()) {
        return;
    }
    first_trouble_ = std::string(name_of(why)).append(": ");
    if (verify_error != X509_V_OK) {
        first_trouble_ += X509_verify_cert_error_string(verify_error);
    } else if (const unsigned long code = ERR_peek_last_error(); system_error == 0 && code != 0) {
        const char* words = ERR_reason_error_string(code);
        first_trouble_ += words != nullptr ? words : "TLS error";
    } else {
        first_trouble_ += system_error != 0 ? std::strerror(system_error) : "closed by the server";
    }
}

void client_loop::bury_broken() {
    // What breaks while the actor is told is for the next turn, so that a server that refuses
    // every connection cannot keep this loop for itself.
    for (const connection_id id : std::exchange(broken_, {})) {
        bury(id);
    }
}

void client_loop::bury(connection_id id) {
    connection& c = connections_[id];
    const failure why = c.why;
    const std::uint32_t index = std::exchange(c.exchange, no_exchange);
    c.tls.reset();
    if (c.descriptor >= 0) {
        ::close(std::exchange(c.descriptor, -1));
    }
    c.in = state::closed;
    ++c.work;
    free_ids_.push_back(id);
    actor_->lost(id, why, index == no_exchange ? nullptr : &exchanges_[index].asked);
    if (index != no_exchange) {
        give_exchange(index);
    }
}

void client_loop::expire(time_point now) {
    while (!deadlines_.empty()) {
        const deadline next = deadlines_.front();
        const connection& c = connections_[next.id];
        const bool holds = c.work == next.work && c.in != state::broken;
        if (holds && next.at > now) {
            return;
        }
        deadlines_.pop_front();
        if (holds) {
            if (c.in != state::busy) {
                note_trouble(failure::timeout, ETIMEDOUT, X509_V_OK);
            }
            fail(next.id, failure::timeout);
        }
    }
}

void client_loop::wait(time_point until) {
    if (!deadlines_.empty()) {
        until = std::min(until, deadlines_.front().at);
    }
    const timespec timeout = relative(steady_clock::now(), until);
    std::array<epoll_event, 256> events;
    const int ready =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    for (int i = 0; i < ready; ++i) {
        on_ready(events[static_cast<std::size_t>(i)].data.u32);
    }
}

std::uint32_t client_loop::take_exchange() {
    if (free_exchanges_.empty()) {
        exchanges_.emplace_back();
        return static_cast<std::uint32_t>(exchanges_.size() - 1);
    }
    const std::uint32_t index = free_exchanges_.back();
    free_exchanges_.pop_back();
    return index;
}

void client_loop::give_exchange(std::uint32_t index) {
    exchange& e = exchanges_[index];
    e.asked = {};
    e.sent = 0;
    e.received.clear();
    if (e.received.capacity() > kept_bytes_max) {
        e.received.shrink_to_fit();
    }
    free_exchanges_.push_back(index);
}

}  // namespace doseline::loadtest
