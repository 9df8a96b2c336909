#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace doseline::net {

// Deadlines of many connections without a timer for each: a ring of lists, one list a tick. Arming
// and disarming relink one entry; a tick looks at one list. Late by up to a tick, never early.
//
// Thread safety: none; its reactor's.
class timing_wheel {
public:
    using tick = std::uint64_t;

    // Lives inside what it times. Disarmed when it goes.
    class entry {
    public:
        entry() = default;
        ~entry() { unlink(); }
        entry(const entry&) = delete;
        entry& operator=(const entry&) = delete;

        bool armed() const noexcept { return next_ != nullptr; }
        void disarm() noexcept { unlink(); }

    private:
        friend class timing_wheel;
        void unlink() noexcept {
            if (next_ != nullptr) {
                next_->previous_ = previous_;
                previous_->next_ = next_;
                next_ = previous_ = nullptr;
            }
        }
        void link_before(entry& head) noexcept {
            next_ = &head;
            previous_ = head.previous_;
            previous_->next_ = this;
            head.previous_ = this;
        }
        entry* next_ = nullptr;
        entry* previous_ = nullptr;
        tick due_ = 0;
    };

    timing_wheel() noexcept {
        for (entry& head : slots_) {
            head.next_ = head.previous_ = &head;
        }
    }
    ~timing_wheel() {
        for (entry& head : slots_) {
            while (head.next_ != &head) {
                head.next_->unlink();
            }
            head.next_ = head.previous_ = nullptr;
        }
    }

    // Due ticks from now; at least one.
    void arm(entry& e, tick ticks) noexcept {
        e.unlink();
        e.due_ = now_ + (ticks == 0 ? 1 : ticks);
        e.link_before(slots_[e.due_ % slots_.size()]);
    }

    // REQUIRES: it is armed.
    tick left(const entry& e) const noexcept { return e.due_ - now_; }

    // One tick has passed: calls due(entry&) for each that is due; it is disarmed before.
    template <class Due>
    void advance(Due&& due) {
        ++now_;
        entry& head = slots_[now_ % slots_.size()];
        entry later;  // entries of later rounds wait here while this list is emptied
        later.next_ = later.previous_ = &later;
        while (head.next_ != &head) {
            entry& e = *head.next_;
            e.unlink();
            if (e.due_ > now_) {
                e.link_before(later);
            } else {
                due(e);
            }
        }
        while (later.next_ != &later) {
            entry& e = *later.next_;
            e.unlink();
            e.link_before(head);
        }
        later.next_ = later.previous_ = nullptr;
    }

private:
    std::array<entry, 512> slots_;
    tick now_ = 0;
};

}  // namespace doseline::net
