#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace doseline::net {

// Connections that wait for what is not done at once, first come first served.
//
// Thread safety: none; its reactor's.
template <class Connection>
class turn_queue {
public:
    using place = std::uint32_t;

    place enter(Connection& c) {
        waiting_.push_back(&c);
        ++size_;
        return first_ + static_cast<place>(waiting_.size() - 1);
    }
    // Null when none waits.
    Connection* next() noexcept {
        Connection* first = nullptr;
        while (first == nullptr && !waiting_.empty()) {
            first = waiting_.front();
            waiting_.pop_front();
            ++first_;
        }
        size_ -= first != nullptr ? 1 : 0;
        return first;
    }
    // Null when none waits. It stays in.
    Connection* first() noexcept {
        forget_gone();
        return waiting_.empty() ? nullptr : waiting_.front();
    }
    // It goes away before its turn. REQUIRES: it is in.
    void leave(place p) noexcept {
        waiting_[p - first_] = nullptr;
        --size_;
        forget_gone();  // or they would add up where nobody asks who is next
    }

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }

private:
    void forget_gone() noexcept {
        while (!waiting_.empty() && waiting_.front() == nullptr) {
            waiting_.pop_front();
            ++first_;
        }
    }

    std::deque<Connection*> waiting_;  // null: gone
    place first_ = 0;                  // of waiting_.front(); wraps around
    std::size_t size_ = 0;
};

}  // namespace doseline::net
