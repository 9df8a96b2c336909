#include "net/session.hpp"

#include "net/reply_head.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <span>
#include <utility>

namespace doseline::net {

namespace {

namespace limits = core::limits;
constexpr std::size_t read_bytes = 4'096;

}  // namespace

session::session(session_host& host, int descriptor, const core::network_address& peer)
    : host_(host), tls_(host.tls, descriptor), descriptor_(descriptor), peer_(peer) {}

session::~session() {
    if (phase_ == phase::queued) {
        host_.handshakes.leave(place_);
    }
    if (phase_ == phase::answered) {
        host_.answered.leave(place_);
    }
    if (phase_ == phase::lined_up) {
        leave_line();
    }
    if (end_events_ != 0) {
        host_.leaving.leave(leaving_place_);
    }
    host_.waiting.leave(ticket_);
    if (x_) {
        host_.exchanges.give(std::move(x_));
    }
    host_.sockets.remove(descriptor_);
    ::close(descriptor_);
}

// Each piece of news goes through here. An exception (out of memory, most likely) ends the
// connection; the others live.
template <class Step>
void session::run(Step&& first) {
    step s = step::over;
    try {
        s = first();
        while (s == step::on) {
            s = advance();
        }
    } catch (...) {
        silent_ = true;
        s = step::over;
    }
    if (s == step::over) {
        close_notify();
        host_.ended(*this);
    }
}

void session::start() {
    run([this] {
        host_.sockets.add(descriptor_, *this);
        enter(any_contains(host_.balancers, peer_) ? phase::balancer : phase::handshake,
              host_.limits.handshake);
        return step::wait;
    });
}

void session::ready(std::uint32_t events) {
    if (phase_ == phase::signing) {
        missed_events_ |= events;
    } else if (can_go_on(events)) {
        run([] { return step::on; });
    }
}

bool session::can_go_on(std::uint32_t events) noexcept {
    const bool over = (events & (EPOLLERR | EPOLLHUP)) != 0;
    const bool readable = over || (events & (EPOLLIN | EPOLLRDHUP)) != 0;
    if (readable) {
        tls_.readable(over || (events & EPOLLRDHUP) != 0);
    }
    const bool awaited = over || (only_writable_ ? (events & EPOLLOUT) != 0 : readable);
    only_writable_ = only_writable_ && !awaited;
    return awaited;
}

void session::take_outcome(storage::delivery&& told) {
    note_inbox(told);
    tell(waiting_room<session>::row_of(told.ticket), std::move(told.outcome));
}

void session::tell(std::size_t row, core::outcome&& told) {
    run([&] {
        if (x_->rows) {
            return take_row(row, std::move(told));
        }
        host_.waiting.leave(std::exchange(ticket_, 0));
        compose(host_.service.render(x_->asked, std::move(told)));
        return step::on;
    });
}

void session::take_handshake(tls_state told) {
    phase_ = phase::handshake;
    if (late_) {
        give_up();
        return;
    }
    run([&] {
        const step s = go_on_shaking_hands(told);
        const bool has_news = can_go_on(std::exchange(missed_events_, 0u));
        return s == step::wait && has_news ? step::on : s;
    });
}

void session::give_up() {
    if (phase_ == phase::signing) {
        late_ = true;
        return;
    }
    if (phase_ == phase::resting) {
        run([this] { return rest_on(); });
        return;
    }
    host_.figures.refuse(refusal_reason::timeout);
    if (phase_ == phase::lined_up) {
        leave_line();
        run([this] {
            refuse_unread();
            return step::on;
        });
        return;
    }
    if (phase_ == phase::committing) {
        // The shot may be recorded all the same: the clinic sends its key again and is told.
        const auto late = [] { return core::refusal{core::errc::wait, "", 0, std::nullopt}; };
        const std::size_t rows = x_->rows ? x_->rows->size() : 1;
        for (std::size_t row = 0; row + 1 < rows; ++row) {
            if (pending* const asked = x_->rows->asks(row)) {
                x_->rows->put(row, host_.service.render(*asked, late()));
            }
        }
        tell(rows - 1, late());
        return;
    }
    silent_ = true;
    run([] { return step::over; });
}

void session::drain() {
    if (phase_ == phase::idle || phase_ == phase::resting || phase_ == phase::lingering) {
        run([] { return step::over; });
    }
}

void session::enter(phase p, std::chrono::milliseconds at_most) {
    phase_ = p;
    host_.wheel.arm(*this, static_cast<timing_wheel::tick>(at_most / host_.wheel_tick) + 1);
}

session::step session::wait_for(tls_state what) noexcept {
    only_writable_ = what == tls_state::want_write;
    return what == tls_state::want_read || what == tls_state::want_write ? step::wait : step::over;
}

session::step session::advance() {
    switch (phase_) {
        case phase::balancer: return read_balancer();
        case phase::handshake: return shake_hands();
        case phase::answered: return go_on_shaking_hands(tls_.handshake());
        case phase::idle: return look_for_request();
        case phase::header: return read_header();
        case phase::body: return read_body();
        case phase::queued:
        case phase::signing:
        case phase::lined_up:
        case phase::committing:
        case phase::resting: return step::wait;
        case phase::writing: return write_answer();
        case phase::lingering: return let_answer_arrive();
    }
    return step::over;
}

// At least one byte more when done.
tls_state session::read_more() {
    exchange& x = *x_;
    if (x.room.size() == x.received) {
        x.room.resize(x.received + read_bytes);
    }
    const tls_stream::transfer t = tls_.read(std::span(x.room).subspan(x.received));
    x.received += t.state == tls_state::done ? t.bytes : 0;
    return t.state;
}

session::step session::look_for_request() {
    if (host_.draining) {
        return step::over;
    }
    if (!tls_.may_have_more()) {
        return step::wait;
    }
    x_ = host_.exchanges.take();
    const tls_state state = read_more();
    if (state != tls_state::done) {
        host_.exchanges.give(std::move(x_));
        return wait_for(state);
    }
    enter(phase::header, host_.limits.header);
    return step::on;
}

session::step session::read_header() {
    exchange& x = *x_;
    const std::size_t end = x.input().find("\r\n\r\n", x.looked_at < 3 ? 0 : x.looked_at - 3);
    if (end != std::string_view::npos && end + 4 <= limits::header_bytes_max) {
        x.header_bytes = end + 4;
        return take_header();
    }
    x.looked_at = x.received;
    if (x.looked_at >= limits::header_bytes_max) {
        x.began = std::chrono::steady_clock::now();
        compose(plain_reply(431, "the header is longer than 8 KiB"));
        return step::on;
    }
    const tls_state state = read_more();
    return state == tls_state::done ? step::on : wait_for(state);
}

// The header stands in the buffer: judges it before any body is read.
session::step session::take_header() {
    exchange& x = *x_;
    x.began = std::chrono::steady_clock::now();
    header_view head;
    const auto judged = read_framing(x.input().substr(0, x.header_bytes), head);
    x.head_only = head.verb == http::verb::head;
    if (const auto* refused = std::get_if<framing_refusal>(&judged)) {
        compose(plain_reply(refused->status, refused->why));
        return step::on;
    }
    x.frame = std::get<framed>(judged);
    x.close = x.frame.close;
    x.whole = request_of(head, peer_);
    x.whole.certificate = tls_.peer_certificate();
    auto routed = host_.service.route(x.whole, x.frame.body_bytes);
    if (reply* early = std::get_if<reply>(&routed)) {
        x.unread = x.frame.body_bytes != 0;
        compose(std::move(*early));
        return step::on;
    }
    x.facts = std::get<route_facts>(routed);
    x.shed = is_shed();
    if (const std::size_t all = x.header_bytes + x.frame.body_bytes; x.room.size() < all) {
        // Makes room once, and looks again at the header where it stands now.
        x.room.resize(all);
        read_framing(x.input().substr(0, x.header_bytes), head);
        x.whole = request_of(head, peer_);
        x.whole.certificate = tls_.peer_certificate();
    }
    if (x.shed && x.frame.expects_continue) {
        // Its body has not been sent yet, and is not asked for.
        x.unread = true;
        refuse_unread();
        return step::on;
    }
    if (x.frame.expects_continue) {
        // A few bytes on a socket that has sent nothing since the last answer: they fit, or it is
        // broken.
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        if (tls_.write(go_on).bytes != go_on.size()) {
            return step::over;
        }
    }
    enter(phase::body, host_.limits.body);
    return step::on;
}

session::step session::read_body() {
    exchange& x = *x_;
    if (x.received < x.header_bytes + x.frame.body_bytes) {
        const tls_state state = read_more();
        return state == tls_state::done ? step::on : wait_for(state);
    }
    if (x.shed && !x.facts.form) {
        // Read and dropped, so that the connection can go on: to connect again would cost ten
        // requests.
        refuse_unread();
        return step::on;
    }
    x.whole.body = x.input().substr(x.header_bytes, x.frame.body_bytes);
    return line_up_or_answer();
}

// The whole answer in one piece, so that a small one is one record and one system call.
void session::compose(reply&& r) {
    exchange& x = *x_;
    x.asked.held = {};
    if (r.status == core::http_status(core::errc::rate)) {
        host_.figures.refuse(refusal_reason::rate);
        x.refused = true;
    }
    if (r.by_mode != core::mode::normal) {
        host_.figures.refuse(r.by_mode == core::mode::read_only ? refusal_reason::read_only
                                                                : refusal_reason::register_only);
    }
    if (r.close) {
        host_.figures.refuse(refusal_reason::framing);
    }
    x.unread = x.unread || r.close;
    x.close = x.close || x.unread || host_.draining;
    x.status = r.status;
    x.written = 0;
    x.output.clear();
    append_reply(x.output, r, host_.date, x.close, x.head_only);
    host_.service.take_back(std::move(r));
    enter(phase::writing, host_.limits.write);
}

session::step session::write_answer() {
    exchange& x = *x_;
    const tls_stream::transfer t = tls_.write(std::span(x.output).subspan(x.written));
    if (t.state != tls_state::done) {
        return wait_for(t.state);
    }
    x.written += t.bytes;
    return x.written < x.output.size() ? step::on : end_exchange();
}

session::step session::end_exchange() {
    exchange& x = *x_;
    host_.service.served(x.facts.work, x.status, std::chrono::steady_clock::now() - x.began);
    if (x.close) {
        const bool unread = x.unread;
        host_.exchanges.give(std::move(x_));
        if (!unread) {
            return step::over;
        }
        close_notify();
        ::shutdown(descriptor_, SHUT_WR);
        phase_ = phase::lingering;  // within the time of the write
        dropped_ = 0;
        return step::on;
    }
    constexpr unsigned many = 100;
    refusals_ = static_cast<std::uint8_t>(x.refused ? std::min(refusals_ + 1u, many) : 0);
    const auto told_to_wait = x.told_to_wait;
    const std::size_t taken = x.header_bytes + x.frame.body_bytes;
    if (x.received == taken) {
        host_.exchanges.give(std::move(x_));
    } else {
        const std::size_t behind = x.received - taken;
        std::memmove(x.room.data(), x.room.data() + taken, behind);
        x.clear();
        x.received = behind;
    }
    return rest(told_to_wait);
}

}  // namespace doseline::net
