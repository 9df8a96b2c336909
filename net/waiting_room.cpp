#include "net/session.hpp"

#include <utility>

namespace doseline::net {

// A ticket: the turn in the upper half, the place + 1 in the lower; 0 is none.
std::uint64_t waiting_room::enter() {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(places_.size()));
        places_.emplace_back();
    }
    const std::uint32_t at = free_.back();
    free_.pop_back();
    places_[at].taken = true;
    return std::uint64_t{places_[at].turn} << 32 | (at + 1);
}

waiting_room::place* waiting_room::find(std::uint64_t ticket) noexcept {
    const std::uint64_t at = (ticket & 0xffffffff) - 1;
    if (at >= places_.size() || !places_[at].taken || places_[at].turn != ticket >> 32) {
        return nullptr;
    }
    return &places_[at];
}

void waiting_room::leave(std::uint64_t ticket) noexcept {
    if (place* p = find(ticket)) {
        p->taken = false;
        ++p->turn;
        free_.push_back(static_cast<std::uint32_t>((ticket & 0xffffffff) - 1));
    }
}

// By swap: in Boost 1.81 the handler's move assignment copies into a new one of itself, for ever.
void waiting_room::attach(std::uint64_t ticket, handler h) { find(ticket)->waiting.swap(h); }

void waiting_room::complete(std::uint64_t ticket, core::outcome&& outcome) {
    place* p = find(ticket);
    if (p != nullptr && p->waiting) {
        handler waiting;
        waiting.swap(p->waiting);
        std::move(waiting)(std::move(outcome));
    }
}

}  // namespace doseline::net
