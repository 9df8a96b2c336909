#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace doseline::net {

// Those that wait for the committer. A ticket names a place and the turn of its use, so that an
// answer that comes after its asker gave up finds nobody. It grows to the most that ever waited at
// once and takes nothing from the heap after that.
//
// Thread safety: none; its reactor's.
template <class Asker>
class waiting_room {
public:
    // The asker stays where it is until it leaves.
    std::uint64_t enter(Asker& who) {
        if (free_.empty()) {
            free_.push_back(static_cast<std::uint32_t>(places_.size()));
            places_.emplace_back();
            free_.reserve(places_.capacity());  // so that nobody's leaving can fail
        }
        const std::uint32_t at = free_.back();
        free_.pop_back();
        places_[at].waits = &who;
        return std::uint64_t{places_[at].turn} << 32 | (at + 1);
    }

    // Who waits under that ticket; null when nobody does any more.
    Asker* find(std::uint64_t ticket) const noexcept {
        const std::uint64_t at = place_of(ticket);
        const bool current = at < places_.size() && places_[at].turn == ticket >> 32;
        return current ? places_[at].waits : nullptr;
    }

    void leave(std::uint64_t ticket) noexcept {
        if (find(ticket) != nullptr) {
            place& p = places_[place_of(ticket)];
            p.waits = nullptr;
            ++p.turn;
            free_.push_back(static_cast<std::uint32_t>(place_of(ticket)));
        }
    }

private:
    struct place {
        Asker* waits = nullptr;
        std::uint32_t turn = 0;
    };
    // The turn in the upper half, the place + 1 in the lower; 0 is no ticket.
    static std::uint64_t place_of(std::uint64_t ticket) noexcept {
        return (ticket & 0xffffffff) - 1;
    }

    std::vector<place> places_;
    std::vector<std::uint32_t> free_;
};

}  // namespace doseline::net
