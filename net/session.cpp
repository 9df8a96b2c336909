#include "net/session.hpp"

#include "net/framing.hpp"
#include "net/reply_head.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>

#include <sys/socket.h>

#include <array>
#include <tuple>
#include <utility>

namespace doseline::net {

namespace {

namespace limits = core::limits;
constexpr std::size_t read_bytes = 4'096;

std::string_view view(boost::beast::string_view s) noexcept { return {s.data(), s.size()}; }

// The fields that handlers may look at. Views into the parser and the buffer.
request request_of(const header_parser::value_type& head, const core::network_address& peer) {
    request r;
    r.verb = head.method();
    const std::string_view target = view(head.target());
    const std::size_t query = target.find('?');
    r.path = target.substr(0, query);
    r.query = query == std::string_view::npos ? std::string_view{} : target.substr(query + 1);
    r.content_type = view(head[http::field::content_type]);
    r.accept_language = view(head[http::field::accept_language]);
    r.authorization = view(head[http::field::authorization]);
    r.cookie = view(head[http::field::cookie]);
    r.origin = view(head[http::field::origin]);
    r.host = view(head[http::field::host]);
    r.idempotency_key = view(head["Idempotency-Key"]);
    r.if_match = view(head[http::field::if_match]);
    r.if_none_match = view(head[http::field::if_none_match]);
    r.user = view(head["Doseline-User"]);
    r.peer = peer;
    return r;
}

void answer_plain_http(tcp_socket& socket) {
    constexpr std::string_view answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 23\r\nConnection: close\r\n\r\nThis port speaks HTTPS.";
    boost::system::error_code ignored;
    // Read first: a close on unread bytes resets the connection, and the answer may go with it.
    std::array<char, limits::header_bytes_max> unread;
    socket.read_some(asio::buffer(unread), ignored);
    socket.write_some(asio::buffer(answer), ignored);
}

}  // namespace

std::string_view name_of(refusal_reason r) noexcept {
    constexpr std::array<std::string_view, refusal_reasons> names{
        "connections_max", "handshake_failed", "plain_http", "framing", "timeout", "inbox_full"};
    return names[static_cast<std::size_t>(r)];
}

std::string session_host::take_buffer() {
    if (spare_buffers.empty()) {
        return {};
    }
    std::string buffer = std::move(spare_buffers.back());
    spare_buffers.pop_back();
    return buffer;
}

void session_host::give_buffer(std::string&& buffer) {
    constexpr std::size_t spare_max = 64;
    if (spare_buffers.size() < spare_max && buffer.capacity() <= limits::body_bytes_max) {
        buffer.clear();
        spare_buffers.push_back(std::move(buffer));
    }
}

session::session(session_host& host, tcp_socket socket, const core::network_address& peer)
    : host_(host), socket_(std::move(socket)), tls_(host.tls, socket_.native_handle()),
      peer_(peer) {}

session::~session() = default;

awaitable<void> session::run() {
    if (co_await shake_hands()) {
        std::string buffer;  // holds what came behind the last request
        bool more = true;
        while (more) {
            phase_ = phase::idle;
            if (buffer.empty()) {
                if (host_.draining) {
                    break;
                }
                arm(host_.limits.idle);
                if (!tls_.has_pending() && !co_await wait_for(tls_state::want_read)) {
                    break;
                }
                buffer = host_.take_buffer();
            }
            phase_ = phase::request;
            more = co_await serve_one(buffer);
            if (buffer.empty()) {
                host_.give_buffer(std::exchange(buffer, {}));
            }
        }
    }
    disarm();
    if (!given_up_) {
        tls_.close_notify();
    }
}

void session::give_up() {
    given_up_ = true;
    host_.figures.refuse(refusal_reason::timeout);
    if (ticket_ != 0) {
        // The shot may be recorded all the same: the clinic sends its key again and is told.
        host_.waiting.complete(ticket_, core::refusal{core::errc::wait, "", 0, std::nullopt});
        return;
    }
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void session::drain() {
    if (phase_ == phase::idle) {
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
}

void session::arm(std::chrono::milliseconds after) {
    host_.wheel.arm(*this, static_cast<timing_wheel::tick>(after / host_.wheel_tick) + 1);
}

awaitable<bool> session::wait_for(tls_state what) {
    const auto direction =
        what == tls_state::want_write ? tcp_socket::wait_write : tcp_socket::wait_read;
    auto [ec] = co_await socket_.async_wait(direction, no_throw);
    co_return !ec && !given_up_;
}

// A TLS client speaks first, and its first byte is no letter.
bool session::looks_like_plain_http() {
    char first = 0;
    return ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1 &&
           first >= 'A' && first <= 'Z';
}

awaitable<bool> session::shake_hands() {
    arm(host_.limits.handshake);
    if (!co_await wait_for(tls_state::want_read)) {
        co_return false;
    }
    if (looks_like_plain_http()) {
        host_.figures.refuse(refusal_reason::plain_http);
        answer_plain_http(socket_);
        given_up_ = true;  // there is no TLS to close
        co_return false;
    }
    for (;;) {
        const tls_state state = tls_.handshake();
        if (state == tls_state::done) {
            reactor_figures::add(host_.figures.handshakes, 1);
            co_return true;
        }
        if (state == tls_state::closed || state == tls_state::failed) {
            host_.figures.refuse(refusal_reason::handshake_failed);
            co_return false;
        }
        if (!co_await wait_for(state)) {
            co_return false;
        }
    }
}

// Appends at least one byte when done.
awaitable<tls_state> session::read_more(std::string& buffer) {
    for (;;) {
        const std::size_t had = buffer.size();
        buffer.resize(had + read_bytes);
        const tls_stream::transfer t = tls_.read(std::span(buffer).subspan(had));
        buffer.resize(had + (t.state == tls_state::done ? t.bytes : 0));
        if (t.state != tls_state::want_read && t.state != tls_state::want_write) {
            co_return t.state;
        }
        if (!co_await wait_for(t.state)) {
            co_return tls_state::failed;
        }
    }
}

// False when the connection is over; header_bytes 0 with true: too long.
awaitable<bool> session::read_header(std::string& buffer, std::size_t& header_bytes) {
    std::size_t looked_at = 0;
    header_bytes = 0;
    for (;;) {
        const std::size_t end = buffer.find("\r\n\r\n", looked_at < 3 ? 0 : looked_at - 3);
        if (end != std::string::npos && end + 4 <= limits::header_bytes_max) {
            header_bytes = end + 4;
            co_return true;
        }
        looked_at = buffer.size();
        if (looked_at >= limits::header_bytes_max) {
            co_return true;
        }
        const tls_state state = co_await read_more(buffer);
        if (state != tls_state::done) {
            co_return false;
        }
    }
}

awaitable<bool> session::read_until(std::string& buffer, std::size_t bytes) {
    buffer.reserve(bytes + read_bytes);
    while (buffer.size() < bytes) {
        const tls_state state = co_await read_more(buffer);
        if (state != tls_state::done) {
            co_return false;
        }
    }
    co_return true;
}

awaitable<bool> session::write_all(std::string_view bytes) {
    arm(host_.limits.write);
    while (!bytes.empty()) {
        const tls_stream::transfer t = tls_.write(bytes);
        if (t.state == tls_state::done) {
            bytes.remove_prefix(t.bytes);
        } else if (t.state == tls_state::closed || t.state == tls_state::failed) {
            co_return false;
        } else if (!co_await wait_for(t.state)) {
            co_return false;
        }
    }
    co_return true;
}

// A close on unread bytes resets the connection, and a reset takes back an answer that is still on
// its way (RFC 9112, 9.6). So the client is told that nothing more is read, and what it sends all
// the same is dropped until it closes, within the time of the write.
awaitable<void> session::let_answer_arrive() {
    tls_.close_notify();
    given_up_ = true;  // TLS has said its last
    phase_ = phase::idle;
    boost::system::error_code ec;
    socket_.shutdown(tcp_socket::shutdown_send, ec);
    std::array<char, read_bytes> unread;
    std::size_t dropped = 0;
    while (!ec && !host_.draining && dropped < limits::batch_body_bytes_max) {
        dropped += socket_.read_some(asio::buffer(unread), ec);
        if (ec == asio::error::would_block) {
            std::tie(ec) = co_await socket_.async_wait(tcp_socket::wait_read, no_throw);
        }
    }
}

awaitable<core::outcome> session::wait_for_outcome() {
    constexpr asio::use_awaitable_t<executor> token;
    return asio::async_initiate<const asio::use_awaitable_t<executor>, void(core::outcome)>(
        [this](auto handler) { host_.waiting.attach(ticket_, std::move(handler)); }, token);
}

// Waits here, and nowhere else, for what was asked of the committer.
awaitable<reply> session::answer_request(const request& whole) {
    answer given = host_.service.handle(whole);
    if (reply* ready = std::get_if<reply>(&given)) {
        co_return std::move(*ready);
    }
    pending& asked = std::get<pending>(given);
    arm(host_.limits.request);
    ticket_ = host_.waiting.enter();
    if (host_.draining || !host_.port.submit({ticket_, std::move(asked.command)})) {
        host_.waiting.leave(std::exchange(ticket_, 0));
        host_.figures.refuse(refusal_reason::inbox_full);
        co_return host_.service.refuse_wait(whole, &asked.context);
    }
    core::outcome outcome = co_await wait_for_outcome();
    host_.waiting.leave(std::exchange(ticket_, 0));
    given_up_ = false;  // out of time, but the answer can still be given
    co_return host_.service.render(asked, std::move(outcome));
}

// The header stands in the buffer; answers it, with its body when it may have one. False when the
// connection broke.
awaitable<bool> session::take_request(std::string& buffer, std::size_t header_bytes, exchange& x) {
    header_parser header;
    const auto judged = read_framing(std::string_view(buffer).substr(0, header_bytes), header);
    x.head_only = header.get().method() == http::verb::head;
    if (const auto* refused = std::get_if<framing_refusal>(&judged)) {
        x.answer = plain_reply(refused->status, refused->why);
        co_return true;
    }
    const framed frame = std::get<framed>(judged);
    x.bytes = header_bytes + frame.body_bytes;
    x.close = frame.close;
    request whole = request_of(header.get(), peer_);
    auto routed = host_.service.route(whole, frame.body_bytes);
    if (reply* early = std::get_if<reply>(&routed)) {
        x.answer = std::move(*early);
        x.unread = frame.body_bytes != 0;
        co_return true;
    }
    x.work = std::get<route_facts>(routed).work;
    if (frame.expects_continue) {
        const bool told = co_await write_all("HTTP/1.1 100 Continue\r\n\r\n");
        if (!told) {
            co_return false;
        }
    }
    arm(host_.limits.body);
    const bool body_came = co_await read_until(buffer, x.bytes);
    if (!body_came) {
        co_return false;
    }
    whole.body = std::string_view(buffer).substr(header_bytes, frame.body_bytes);
    x.answer = co_await answer_request(whole);
    co_return true;
}

// One request and its answer. True when another may follow; the buffer then begins with it.
awaitable<bool> session::serve_one(std::string& buffer) {
    arm(host_.limits.header);
    std::size_t header_bytes = 0;
    bool alive = co_await read_header(buffer, header_bytes);
    const auto began = std::chrono::steady_clock::now();
    exchange x;
    if (alive && header_bytes == 0) {
        x.answer = plain_reply(431, "the header is longer than 8 KiB");
    } else if (alive) {
        alive = co_await take_request(buffer, header_bytes, x);
    }
    if (!alive) {
        buffer.clear();
        co_return false;
    }
    if (x.answer.close) {
        host_.figures.refuse(refusal_reason::framing);
    }
    const bool unread = x.unread || x.answer.close;
    const bool close = x.close || unread || host_.draining;
    std::string bytes = reply_head(x.answer, host_.date, close);
    if (!x.head_only && x.answer.status != 204 && x.answer.status != 304) {
        bytes += x.answer.body;
    }
    const bool written = co_await write_all(bytes);
    host_.service.served(x.work, x.answer.status, std::chrono::steady_clock::now() - began);
    if (!written || close) {
        buffer.clear();
        if (written && unread) {
            co_await let_answer_arrive();
        }
        co_return false;
    }
    buffer.erase(0, x.bytes);
    co_return true;
}

}  // namespace doseline::net
