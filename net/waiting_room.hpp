#pragma once

#include "core/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace doseline::net {

// Those that wait for the committer. A ticket names a place and the turn of its use, so that an
// answer that comes after its asker gave up finds nobody. Who has asked several things gives each
// its row in the ticket. It grows to the most that ever waited at once and takes nothing from the
// heap after that.
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

    static constexpr std::uint64_t of_row(std::uint64_t ticket, std::size_t row) noexcept {
        return ticket | std::uint64_t{row} << place_bits;
    }
    static constexpr std::size_t row_of(std::uint64_t ticket) noexcept {
        return ticket >> place_bits & 0xff;
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
    // From the top: the turn, 32 bits; the row, 8; the place + 1, 24. 0 is no ticket.
    static constexpr unsigned place_bits = 24;
    static_assert(core::limits::connections_max < 1u << place_bits);
    static_assert(core::limits::batch_rows_max <= 1u << 8);
    static std::uint64_t place_of(std::uint64_t ticket) noexcept {
        return (ticket & ((1u << place_bits) - 1)) - 1;
    }

    std::vector<place> places_;
    std::vector<std::uint32_t> free_;
};

}  // namespace doseline::net
