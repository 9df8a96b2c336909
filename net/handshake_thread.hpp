#pragma once

#include "net/tls_stream.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace doseline::net {

class readiness_set;
class session;

// The dear step of a handshake, the one that signs, on a thread of its own beside its reactor and
// with less right to a core than it. Where very many connect, those who are in find the reactor
// free, not half a millisecond into one signature after another, and the scheduler interrupts a
// signature for whatever a request needs. The other steps cost no more than a request.
//
// While a stream is here, nobody else touches it, and its session lives. Few are at a time: enough
// for the thread to have the next one when it has done one.
//
//     collected_ <= done_ <= begun_ <= collected_ + places
//
// Thread safety: its reactor's.
class handshake_thread {
public:
    static constexpr std::uint32_t places = 2;

    explicit handshake_thread(readiness_set& reactor) : reactor_(reactor) {}
    ~handshake_thread() { stop(); }
    handshake_thread(const handshake_thread&) = delete;
    handshake_thread& operator=(const handshake_thread&) = delete;

    // On the reactor's thread, whose descriptors the new one shares: see net/descriptor_table.hpp.
    // Throws when there can be no thread.
    void start();
    // REQUIRES: all that have begun have been collected.
    void stop() noexcept;

    std::size_t under_way() const noexcept { return begun() - collected_; }
    bool has_room() const noexcept { return under_way() < places; }
    // REQUIRES: has_room(). The set reports that it was woken when one is done, or more.
    void begin(session& who, tls_stream& stream) noexcept;
    // done(who, state) for each that is.
    template <class Done>
    void collect(Done&& done) {
        while (collected_ != done_.load(std::memory_order_acquire)) {
            const step back = steps_[collected_++ % places];
            done(*back.who, back.state);
        }
    }

private:
    struct step {
        session* who = nullptr;
        tls_stream* stream = nullptr;
        tls_state state = tls_state::failed;
    };

    void run() noexcept;
    std::uint32_t begun() const noexcept {
        return begun_.load(std::memory_order_relaxed);  // its own thread's
    }

    readiness_set& reactor_;
    std::array<step, places> steps_;
    std::uint32_t collected_ = 0;
    std::atomic<std::uint32_t> begun_{0};  // all three wrap around
    std::atomic<std::uint32_t> done_{0};
    std::atomic<bool> over_{false};  // what begun_ counts last is the end
    std::thread thread_;
};

}  // namespace doseline::net
