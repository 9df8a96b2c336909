#include "net/session.hpp"

#include "net/framing.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <sys/socket.h>

#include <utility>

namespace doseline::net {

namespace {

namespace limits = core::limits;
using parser = http::request_parser<http::empty_body>;
constexpr std::size_t read_bytes = 4'096;

std::string_view view(boost::beast::string_view s) noexcept { return {s.data(), s.size()}; }

reply plain_reply(unsigned status, std::string_view text) {
    reply r;
    r.status = status;
    r.content_type = "text/plain; charset=utf-8";
    r.body = std::string(text) + "\n";
    r.close = true;
    return r;
}

// The fields that handlers may look at. Views into the parser and the buffer.
request request_of(const parser::value_type& head, const core::network_address& peer) {
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
    constexpr std::string_view plain_answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 23\r\nConnection: close\r\n\r\nThis port speaks HTTPS.";
    arm(host_.limits.handshake);
    if (!co_await wait_for(tls_state::want_read)) {
        co_return false;
    }
    if (looks_like_plain_http()) {
        host_.figures.refuse(refusal_reason::plain_http);
        boost::system::error_code ignored;
        socket_.write_some(asio::buffer(plain_answer), ignored);
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

std::string session::head_of(const reply& r, bool close) const {
    std::string head;
    head.reserve(512 + r.body.size());
    head += "HTTP/1.1 ";
    head += std::to_string(r.status);
    head += ' ';
    head += view(http::obsolete_reason(http::int_to_status(r.status)));
    head += "\r\nServer: doseline\r\nDate: ";
    head += host_.date;
    head +=
        "\r\nStrict-Transport-Security: max-age=31536000"
        "\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n";
    bool cache_told = false;
    for (const auto& [name, value] : r.fields) {
        cache_told = cache_told || name == http::field::cache_control;
        head.append(view(http::to_string(name))).append(": ").append(value).append("\r\n");
    }
    for (const auto& [name, value] : r.custom_fields) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
    if (!cache_told) {
        head += "Cache-Control: no-store\r\n";
    }
    if (r.content_type.starts_with("text/html")) {
        head +=
            "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
            "form-action 'self'; img-src 'self' data:; frame-ancestors 'none'\r\n";
    }
    if (r.status != 204 && r.status != 304) {
        head.append("Content-Type: ").append(r.content_type);
        head.append("\r\nContent-Length: ").append(std::to_string(r.body.size())).append("\r\n");
    }
    if (close) {
        head += "Connection: close\r\n";
    }
    head += "\r\n";
    return head;
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
    parser header;
    header.header_limit(static_cast<std::uint32_t>(limits::header_bytes_max));
    header.body_limit(boost::none);
    boost::system::error_code ec;
    header.put(asio::buffer(buffer.data(), header_bytes), ec);
    if (!header.is_header_done()) {
        x.answer = plain_reply(400, "this is not an HTTP/1.1 request");
        co_return true;
    }
    const auto judged =
        judge_framing(std::string_view(buffer).substr(0, header_bytes), header.get());
    if (const auto* refused = std::get_if<framing_refusal>(&judged)) {
        x.answer = plain_reply(refused->status, refused->why);
        co_return true;
    }
    const framed frame = std::get<framed>(judged);
    x.bytes = header_bytes + frame.body_bytes;
    x.close = frame.close;
    request whole = request_of(header.get(), peer_);
    x.head_only = whole.verb == http::verb::head;
    auto routed = host_.service.route(whole, frame.body_bytes);
    if (reply* early = std::get_if<reply>(&routed)) {
        x.answer = std::move(*early);
        x.close = x.close || frame.body_bytes != 0;  // the body is not read
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
    const bool close = x.close || x.answer.close || host_.draining;
    std::string bytes = head_of(x.answer, close);
    if (!x.head_only && x.answer.status != 204 && x.answer.status != 304) {
        bytes += x.answer.body;
    }
    const bool written = co_await write_all(bytes);
    host_.service.served(x.work, x.answer.status, std::chrono::steady_clock::now() - began);
    if (!written || close) {
        buffer.clear();
        co_return false;
    }
    buffer.erase(0, x.bytes);
    co_return true;
}

}  // namespace doseline::net
