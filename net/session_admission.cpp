#include "net/session.hpp"
#include "net/texts.hpp"

#include <algorithm>
#include <array>

// What a session does when its request may not be served, or not yet.
namespace doseline::net {

std::string_view name_of(refusal_reason r) noexcept {
    constexpr std::array<std::string_view, refusal_reasons> names{
        "connections_max", "handshake_failed", "plain_http", "framing", "timeout",
        "inbox_full",      "proxy_header",     "inbox_late", "shed",    "rate",
        "register_only",   "read_only"};
    return names[static_cast<std::size_t>(r)];
}

// By its class alone.
bool session::is_shed() {
    const exchange& x = *x_;
    const work_class work = x.facts.work;
    if (host_.admits == nullptr || work == work_class::page) {
        return false;  // a page is made already, and costs no more than its refusal
    }
    host_.figures.waits.count(work_queue::unread, work, host_.admits->unread());
    if (host_.admits->judge(work, x.began) == verdict::serve) {
        return false;
    }
    host_.figures.refuse(refusal_reason::shed);
    return true;
}

session::step session::line_up_or_answer() {
    exchange& x = *x_;
    const work_class work = x.facts.work;
    if (host_.admits == nullptr || x.shed || work == work_class::page) {
        return answer_request();
    }
    const auto now = std::chrono::steady_clock::now();
    if (host_.admits->serves_at_once(now)) {
        host_.figures.waits.count(work_queue::ready, work, std::chrono::nanoseconds{0});
        return answer_request();
    }
    x.lined_up = now;
    place_ = host_.line.enter(*this);
    x.behind = host_.admits->line_up(now);
    enter(phase::lined_up, host_.limits.request);
    return step::wait;
}

void session::serve() {
    exchange& x = *x_;
    const auto now = std::chrono::steady_clock::now();
    host_.admits->taken(now - x.lined_up, x.behind);
    host_.figures.waits.count(work_queue::ready, x.facts.work, now - x.lined_up);
    phase_ = phase::body;
    run([this] { return answer_request(); });
}

void session::leave_line() noexcept {
    host_.line.leave(place_);
    host_.admits->left_line();
}

void session::refuse_unread() {
    exchange& x = *x_;
    x.refused = true;
    x.told_to_wait = come_again_in(static_cast<std::uint32_t>(host_.random()), pressure());
    compose(host_.service.refuse_unread(language_of(x.whole.accept_language), x.told_to_wait));
}

// Of a command that the committer took or did not take in time.
void session::note_inbox(const storage::delivery& told) {
    if (told.waited >= told.waited.zero()) {
        host_.figures.waits.count(work_queue::inbox, x_->facts.work, told.waited);
    }
    const auto* refused = std::get_if<core::refusal>(&told.outcome);
    if (refused != nullptr && refused->code == core::errc::wait) {
        host_.figures.refuse(refusal_reason::inbox_late);
        x_->refused = true;
    }
}

double session::pressure() const noexcept {
    return host_.admits == nullptr ? refusal_pressure::least : host_.admits->pressure();
}

// Before the next request, whose beginning may have come behind the last one.
session::step session::rest(std::chrono::seconds told_to_wait) {
    const std::chrono::milliseconds whole =
        rest_after(refusals_, told_to_wait, static_cast<std::uint32_t>(host_.random()), pressure());
    if (whole == whole.zero() || host_.draining) {
        return next_exchange();
    }
    rest_pieces_ = static_cast<std::uint8_t>(whole / rest_piece);
    rest_for(whole % rest_piece);
    return step::wait;
}

// Early by up to a tick, not late: who comes again when it was told to is not to meet it.
void session::rest_for(std::chrono::milliseconds piece) {
    enter(phase::resting, piece - std::min(piece, host_.wheel_tick));
}

session::step session::rest_on() {
    if (rest_pieces_ == 0 || host_.admits == nullptr || !host_.admits->sheds()) {
        return next_exchange();
    }
    --rest_pieces_;
    rest_for(rest_piece);
    return step::wait;
}

session::step session::next_exchange() {
    if (x_) {
        enter(phase::header, host_.limits.header);
    } else {
        enter(phase::idle, host_.limits.idle);
    }
    return step::on;
}

}  // namespace doseline::net
