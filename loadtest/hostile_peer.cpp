#include "loadtest/hostile_peer.hpp"

#include "core/limits.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace doseline::loadtest {

namespace {

namespace limits = core::limits;
using namespace std::chrono_literals;

constexpr auto look_again = 10ms;
constexpr auto slow_pace = 1s;
constexpr auto records_pace = 50ms;
constexpr std::size_t records_a_step = 25;
constexpr auto pause_max = 1s;       // before the next connection, and again as much at random
constexpr auto unread_max = 60s;     // then it begins anew, if the server lets it be
constexpr int small_window = 2'048;  // bytes
constexpr std::size_t asked_a_step = 200;  // requests whose answers are not read
constexpr std::size_t garbage_bytes = 300;

short happened_on(int descriptor, short looked_for) {
    pollfd it{descriptor, looked_for, 0};
    return ::poll(&it, 1, 0) > 0 ? it.revents : short{0};
}

}  // namespace

std::string_view name_of(hostility h) noexcept {
    constexpr std::array<std::string_view, hostilities> names{
        "mute",       "hello_only",  "garbage",      "slow_header", "slow_body",
        "no_reading", "half_closed", "tiny_records", "resets"};
    return names[static_cast<std::size_t>(h)];
}

std::optional<std::chrono::seconds> kept_at_most(hostility h) noexcept {
    switch (h) {
        case hostility::mute:
        case hostility::hello_only:
        case hostility::garbage: return limits::handshake_timeout;
        case hostility::slow_header: return limits::header_timeout;
        case hostility::slow_body: return limits::body_timeout;
        default: return std::nullopt;
    }
}

hostile_peer::hostile_peer(hostility kind, const endpoint& server, const tls_client& tls,
                           const hostile_texts& texts, std::uint64_t seed)
    : kind_(kind), server_(server), tls_client_(tls), texts_(texts), random_(seed) {}

hostile_peer::~hostile_peer() { hang_up(); }

void hostile_peer::hang_up() noexcept {
    tls_.reset();
    if (descriptor_ >= 0) {
        const linger at_once{1, 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(std::exchange(descriptor_, -1));
    }
    stage_ = stage::closed;
}

std::chrono::nanoseconds hostile_peer::longest(time_point now) const noexcept {
    if (stage_ == stage::closed) {
        return longest_;
    }
    const time_point alive_at = is_ended_by_server() ? alive_at_ : now;
    return std::max(longest_, std::chrono::nanoseconds{alive_at - lives_since_});
}

time_point hostile_peer::step(time_point now) {
    switch (stage_) {
        case stage::closed: return open(now) ? now + look_again : end(now, false);
        case stage::connecting: return connect_on(now);
        case stage::handshaking: return handshake_on(now);
        case stage::at_work: break;
    }
    if (is_ended_by_server()) {
        return end(now, true);
    }
    alive_at_ = now;
    return work(now);
}

bool hostile_peer::open(time_point now) {
    descriptor_ = ::socket(server_.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor_ < 0) {
        return false;
    }
    if (kind_ == hostility::no_reading) {
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &small_window, sizeof small_window);
    }
    stage_ = stage::connecting;
    opened_at_ = lives_since_ = alive_at_ = now;
    sent_ = 0;
    ++opened_;
    return ::connect(descriptor_, server_.raw(), server_.address_bytes) == 0 ||
           errno == EINPROGRESS;
}

time_point hostile_peer::connect_on(time_point now) {
    const short seen = happened_on(descriptor_, POLLOUT);
    if ((seen & (POLLERR | POLLHUP)) != 0 || now - opened_at_ > limits::handshake_timeout) {
        return end(now, (seen & (POLLERR | POLLHUP)) != 0);
    }
    alive_at_ = now;
    if ((seen & POLLOUT) == 0) {
        return now + look_again;
    }
    if (resets_at(0)) {
        return end(now, false);
    }
    if (kind_ == hostility::mute || kind_ == hostility::garbage) {
        stage_ = stage::at_work;
        return now;
    }
    tls_ = tls_client_.on_socket(descriptor_);
    if (!tls_) {
        return end(now, false);
    }
    if (kind_ == hostility::hello_only || resets_at(1)) {
        // Or a quick server's answer is read in the same call, and the handshake goes on.
        SSL_set0_rbio(tls_.get(), BIO_new(BIO_s_mem()));
    }
    stage_ = stage::handshaking;
    return handshake_on(now);
}

time_point hostile_peer::handshake_on(time_point now) {
    ERR_clear_error();
    const int done = SSL_do_handshake(tls_.get());
    if (resets_at(1)) {
        return end(now, false);
    }
    if (kind_ == hostility::hello_only) {
        stage_ = stage::at_work;
        return now + look_again;
    }
    if (done == 1) {
        stage_ = stage::at_work;
        lives_since_ = alive_at_ = now;
        return now;
    }
    const int reason = SSL_get_error(tls_.get(), done);
    const bool goes_on = reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
    return goes_on ? now + look_again : end(now, true);
}

time_point hostile_peer::work(time_point now) {
    switch (kind_) {
        case hostility::mute:
        case hostility::hello_only: return now + look_again * 10;
        case hostility::garbage:
            if (sent_ == 0) {
                std::string bytes(garbage_bytes, '\x16');
                std::generate(bytes.begin() + 1, bytes.end(),
                              [&] { return static_cast<char>(random_.below(256)); });
                sent_ = bytes.size();
                static_cast<void>(
                    ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
            }
            return now + look_again * 10;
        case hostility::slow_header: return send_without_end() ? now + slow_pace : end(now, true);
        case hostility::slow_body: {
            // The head at once; the first byte of the body a second later.
            const std::size_t head = texts_.post.find("\r\n\r\n") + 4;
            const bool sent = send_bytes(texts_.post, sent_ < head ? head - sent_ : 1);
            return sent ? now + slow_pace : end(now, true);
        }
        case hostility::no_reading:
            for (std::size_t n = 0; n < asked_a_step; ++n) {
                if (!send_bytes(texts_.no_token, texts_.no_token.size())) {
                    return end(now, true);
                }
                sent_ = sent_ == texts_.no_token.size() ? 0 : sent_;
            }
            return now - opened_at_ > unread_max ? end(now, false) : now + slow_pace;
        case hostility::half_closed:
            if (sent_ < texts_.get.size()) {
                const bool sent = send_bytes(texts_.get, texts_.get.size());
                ::shutdown(descriptor_, SHUT_WR);
                return sent ? now + look_again : end(now, true);
            }
            drain();
            return now + look_again;
        case hostility::tiny_records:
            for (std::size_t n = 0; n < records_a_step; ++n) {
                if (sent_ == texts_.padded.size()) {
                    sent_ = 0;
                    break;
                }
                if (!send_bytes(texts_.padded, 1)) {
                    return end(now, true);
                }
            }
            drain();
            return now + records_pace;
        case hostility::resets: return reset_at_work(now);
    }
    return now + slow_pace;
}

// In a header, in a body, behind a request, with an answer unread; or before it sends anything.
time_point hostile_peer::reset_at_work(time_point now) {
    const std::size_t head = texts_.post.find("\r\n\r\n") + 4;
    if (sent_ == 0 && !resets_at(2)) {
        const std::size_t most = resets_at(3)   ? head / 2
                                 : resets_at(4) ? head + 1
                                                : texts_.post.size();
        send_bytes(texts_.post, most);
    }
    const bool waits = resets_at(6) && !has_input();
    return waits ? now + look_again : end(now, false);
}

// At most so many bytes more, in one record. False: the connection is no good any more.
bool hostile_peer::send_bytes(std::string_view text, std::size_t most) {
    const std::string_view next = text.substr(std::min(sent_, text.size()), most);
    if (next.empty()) {
        return true;
    }
    ERR_clear_error();
    const int n = SSL_write(tls_.get(), next.data(), static_cast<int>(next.size()));
    if (n > 0) {
        sent_ += static_cast<std::size_t>(n);
        return true;
    }
    const int reason = SSL_get_error(tls_.get(), n);
    return reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE;
}

// A header that never ends, byte by byte.
bool hostile_peer::send_without_end() {
    constexpr std::string_view begin = "GET / HTTP/1.1\r\nHost: a\r\nX-A: ";
    constexpr std::string_view more = "a";
    if (sent_ < begin.size()) {
        return send_bytes(begin, 1);
    }
    const std::size_t before = std::exchange(sent_, 0);
    const bool good = send_bytes(more, 1);
    sent_ = before;
    return good;
}

void hostile_peer::drain() {
    std::array<char, 4'096> scratch;
    ERR_clear_error();
    while (SSL_read(tls_.get(), scratch.data(), static_cast<int>(scratch.size())) > 0) {
    }
}

bool hostile_peer::is_ended_by_server() const {
    return (happened_on(descriptor_, POLLRDHUP) & (POLLRDHUP | POLLERR | POLLHUP)) != 0;
}

bool hostile_peer::has_input() const { return (happened_on(descriptor_, POLLIN) & POLLIN) != 0; }

bool hostile_peer::resets_at(unsigned place) const noexcept {
    return kind_ == hostility::resets && opened_ % places_to_reset == place;
}

// The connection is over; the next one comes after a pause.
time_point hostile_peer::end(time_point now, bool by_server) {
    longest_ =
        std::max(longest_, std::chrono::nanoseconds{(by_server ? alive_at_ : now) - lives_since_});
    turned_away_ += by_server ? 1 : 0;
    hang_up();
    const std::chrono::duration<double> pause = pause_max * (1 + random_.unit());
    return now + std::chrono::duration_cast<std::chrono::nanoseconds>(pause);
}

}  // namespace doseline::loadtest
