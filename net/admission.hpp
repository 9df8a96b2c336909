#pragma once

#include "net/load_shedder.hpp"

namespace doseline::net {

enum class verdict : std::uint8_t {
    serve,
    shed,     // its class is refused for now
    overdue,  // it has waited longer than it may: an answer would come too late
};

// Who is served on one reactor, decided from a request's class alone, before its body is read.
//
// How long a request has lain ready nobody tells: the kernel hands ready sockets over in the order
// in which they became ready, and without times. So the reactor keeps a probe among them, a
// descriptor that it makes ready itself: what comes behind the probe became ready later, what comes
// before it earlier. The probe's way through the queue is a sample of the wait, and while it is
// under way its age is the least that the request in hand has waited.
//
// Thread safety: none; its reactor's. Reads no clock.
class admission {
public:
    using time_point = load_shedder::time_point;

    explicit admission(const shedding_settings& settings = {}) : shedder_(settings) {}

    // A request is at hand. True: make the probe ready now, and tell when it comes back.
    bool wants_probe(time_point now) noexcept;
    void probe_is_back(time_point now) noexcept;
    // All that was ready has been read: whatever becomes ready now has not waited yet.
    void none_left() noexcept {
        last_wait_ = std::chrono::nanoseconds{0};
        read_in_a_row_ = 0;
    }

    // A command was submitted; the committer took it that long after.
    void submitted() noexcept { shedder_.entered(work_queue::inbox); }
    void inbox_waited(std::chrono::nanoseconds how_long) noexcept {
        shedder_.waited(work_queue::inbox, how_long);
    }
    void inbox_left() noexcept { shedder_.left(work_queue::inbox); }  // nobody knows when

    // Now and then, also while no request comes: closes the window.
    void look(time_point now) noexcept { shedder_.look(now); }

    verdict judge(work_class c, time_point now) noexcept;

    const load_shedder& shedder() const noexcept { return shedder_; }
    double pressure() const noexcept { return shedder_.pressure().value(); }

    // About what the request in hand has waited: never more than it has.
    std::chrono::nanoseconds ready_wait(time_point now) const noexcept;

private:
    load_shedder shedder_;
    bool probing_ = false;
    time_point probe_left_{};
    time_point probe_back_{};
    std::chrono::nanoseconds last_wait_{0};
    std::size_t read_in_a_row_ = 0;  // while more was ready
};

// Of a longer rest: after each piece it is looked whether there is load still. Not shorter: whoever
// rests comes out within one, and all of them together are as much as many seconds' work.
inline constexpr std::chrono::seconds rest_piece{4};

// How long a connection is not read after so many refusals in a row: not at all after the first,
// since the next request may be the shot that was given all the same; then so briefly that a person
// does not notice, doubled up to 4 s, and at the most pressure as long as it was told to wait,
// never longer. Reading and refusing costs the server a good part of what the request would have
// cost, so a client that neither waits nor slows down is slowed down by its own unread bytes; one
// that comes again when it was told to notices nothing. random, any number, spreads those that were
// refused together.
std::chrono::milliseconds rest_after(unsigned refusals_in_a_row, std::chrono::seconds told_to_wait,
                                     std::uint32_t random, double pressure) noexcept;

// What Retry-After says: 1 to 5 seconds, to limits::retry_after_max under the most pressure.
std::chrono::seconds come_again_in(std::uint32_t random, double pressure) noexcept;

}  // namespace doseline::net
