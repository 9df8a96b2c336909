#pragma once

#include "net/load_shedder.hpp"
#include "net/refusal_pressure.hpp"

namespace doseline::net {

enum class verdict : std::uint8_t {
    serve,
    shed,  // its class is refused for now
};

// Who is served on one reactor, decided from a request's class alone, before its body is read; and
// when.
//
// While the reactor keeps up, a request is served when it is read. When it does not, reading goes
// first, since who is refused should hear so at once, and whoever may stay waits in a line, first
// come first served. How long he would wait there follows from how many are before him and how fast
// these went of late; who would wait too long is refused, the lower his class the sooner, so what
// is short of time goes to the highest. A line that has just begun may be longer than one that
// stands: a burst is worked off, a load is not (as CoDel has it).
//
// Reading, which includes refusing, and serving share the reactor's time: without a share for
// reading, requests would wait unread in the kernel, where nobody refuses them; without one for
// serving, a server at many times its capacity would do nothing but refuse. Where they lie unread
// all the same, serving is given less.
//
// What waits for the committer is another queue: load_shedder.hpp.
//
// Thread safety: none; its reactor's. Reads no clock.
class admission {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit admission(const shedding_settings& settings = {}) : shedder_(settings) {}

    // A request's header has been read.
    verdict judge(work_class c, time_point now) noexcept;

    // Of one that may stay: at once, or else in the line.
    bool serves_at_once(time_point now) const noexcept;
    std::uint32_t line_up(time_point now) noexcept;  // behind so many
    void taken(std::chrono::nanoseconds waited, std::uint32_t behind) noexcept;
    void left_line() noexcept { --in_line_; }  // it went away before its turn

    // What the kernel reported as ready has been read; perhaps there is more, after it has waited
    // so long.
    void batch_ends(bool more, std::chrono::nanoseconds unread, time_point now) noexcept;
    std::chrono::nanoseconds unread() const noexcept { return unread_; }
    // The line was served for so long, or those who were in it were answered.
    void worked(std::chrono::nanoseconds took) noexcept { owed_ -= took; }
    std::chrono::nanoseconds serving_time() const noexcept;  // of the line, before others are read
    bool owes_reading() const noexcept { return owed_ < owed_.zero(); }

    // A command was submitted; the committer took it that long after.
    void submitted() noexcept { shedder_.entered(); }
    void inbox_waited(std::chrono::nanoseconds how_long) noexcept { shedder_.waited(how_long); }
    void inbox_left() noexcept { shedder_.left(); }  // nobody knows when

    // Now and then, also while no request comes.
    void look(time_point now) noexcept;

    // The lowest class that is served in full; none when not even registrations are.
    std::optional<work_class> served_down_to() const noexcept;
    bool sheds() const noexcept { return served_down_to() != work_class::page; }
    double pressure() const noexcept { return pressure_.value(); }

private:
    load_shedder shedder_;
    refusal_pressure pressure_;

    std::uint32_t in_line_ = 0;
    std::chrono::nanoseconds wait_behind_one_{0};  // as those had it who were taken of late
    time_point stands_since_{};                    // the line

    bool reads_ = false;  // a batch
    time_point reads_since_{};
    bool more_is_ready_ = false;  // than the last batch had
    time_point more_since_{};     // and again and again since then
    time_point more_seen_{};      // last
    std::chrono::nanoseconds unread_{0};
    std::chrono::nanoseconds owed_{0};  // to the line, by reading; less than nothing: to reading

    time_point window_began_{};
    std::uint32_t passed_ = 0;
    std::uint32_t refused_ = 0;
    std::array<bool, work_classes> refuses_now_{};  // some, in this window
    std::array<bool, work_classes> refuses_{};      // likewise, in the last one
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
