#include "net/session.hpp"
#include "net/texts.hpp"

#include <array>

// What a session does when its request may not be served.
namespace doseline::net {

std::string_view name_of(refusal_reason r) noexcept {
    constexpr std::array<std::string_view, refusal_reasons> names{
        "connections_max", "handshake_failed", "plain_http", "framing", "timeout", "inbox_full",
        "proxy_header",    "inbox_late",       "shed",       "overdue", "rate",    "register_only",
        "read_only"};
    return names[static_cast<std::size_t>(r)];
}

// By its class alone.
bool session::is_shed() {
    const exchange& x = *x_;
    const work_class work = x.facts.work;
    if (host_.admits == nullptr || work == work_class::page) {
        return false;  // a page is made already, and costs no more than its refusal
    }
    if (host_.admits->wants_probe(x.began)) {
        host_.sockets.send_probe();
    }
    host_.figures.waits.count(work_queue::ready, work, host_.admits->ready_wait(x.began));
    const verdict v = host_.admits->judge(work, x.began);
    if (v == verdict::serve) {
        return false;
    }
    host_.figures.refuse(v == verdict::shed ? refusal_reason::shed : refusal_reason::overdue);
    return true;
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
    enter(phase::resting, whole % rest_piece);
    return step::wait;
}

session::step session::rest_on() {
    if (rest_pieces_ == 0 || host_.admits == nullptr || !host_.admits->shedder().sheds()) {
        return next_exchange();
    }
    --rest_pieces_;
    enter(phase::resting, rest_piece);
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
