#include "net/handshake_thread.hpp"

#include "net/core_share.hpp"
#include "net/readiness_set.hpp"

namespace doseline::net {

// begun_ is stored in full order: libstdc++ looks for who waits with a load behind it, which on x86
// may go before a store that only releases.

void handshake_thread::start() {
    thread_ = std::thread([this] { run(); });
}

void handshake_thread::stop() noexcept {
    if (thread_.joinable()) {
        over_.store(true, std::memory_order_relaxed);  // begun_ carries it over
        begun_.store(begun() + 1);
        begun_.notify_one();
        thread_.join();
    }
}

void handshake_thread::begin(session& who, tls_stream& stream) noexcept {
    steps_[begun() % places] = {&who, &stream, tls_state::failed};
    begun_.store(begun() + 1);
    begun_.notify_one();
}

void handshake_thread::run() noexcept {
    stand_back();  // but not altogether: who has a shot to register must get in
    for (std::uint32_t next = 0;; ++next) {
        begun_.wait(next, std::memory_order_acquire);
        if (over_.load(std::memory_order_relaxed)) {
            return;
        }
        step& one = steps_[next % places];
        one.state = one.stream->handshake();
        done_.store(next + 1, std::memory_order_release);
        reactor_.wake();
    }
}

}  // namespace doseline::net
