#pragma once

#include "core/limits.hpp"
#include "core/outcome.hpp"
#include "core/spsc_ring.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <utility>
#include <variant>

namespace doseline::storage {

class cut;

// A command on its way in; ticket is the asker's own name for it.
struct submission {
    std::uint64_t ticket = 0;
    core::command command;
    std::chrono::steady_clock::time_point since{};  // set by submit()
};

// An answer on its way back. mark != null: not an answer but the place in the receipts at which the
// reactor must snapshot its counters (storage/cut.hpp).
struct delivery {
    std::uint64_t ticket = 0;
    core::outcome outcome;
    cut* mark = nullptr;
    // From submit() until the committer took it; negative where nobody measured it.
    std::chrono::nanoseconds waited{-1};
};

// Wakes the committer, and costs an asker nothing while it is awake.
class doorbell {
public:
    void ring();                                              // any thread
    void sleep_until_rung(std::chrono::nanoseconds at_most);  // the committer
    // The committer says that it is about to sleep, looks once more for work, then sleeps or not.
    void about_to_sleep() noexcept { sleeping_.exchange(true, std::memory_order_acq_rel); }
    void awake() noexcept { sleeping_.store(false, std::memory_order_relaxed); }

private:
    std::atomic<bool> sleeping_{false};
    std::mutex mutex_;
    std::condition_variable condition_;
    bool rung_ = false;
};

// One reactor's two ways: commands to the committer, answers from the committer and from the
// reader. Lives longer than both ends.
//
// Thread safety: submit() and collect() by the reactor's thread; commands() by the committer;
// answer_from_committer() by the committer, answer_from_reader() by the reader.
// Invariant: at most commands_max commands are between submit() and collect(), so an
// answer always finds room and no thread ever waits for another.
class port {
public:
    // wake_with(context) is called from the answering threads, at most once between two collect()s.
    using waker = void (*)(void* context);
    // commands_max: a power of two, at most limits::inbox_commands_max.
    port(doorbell& bell, waker wake_with, void* context, std::uint32_t shard,
         std::size_t commands_max = core::limits::inbox_commands_max);

    // False when too many commands are under way: answer WAIT.
    [[nodiscard]] bool submit(submission&& s);

    // Whether so many more would be taken.
    bool has_room(std::size_t commands) const noexcept {
        return under_way_ + commands <= commands_max_;
    }

    // Hands the waiting deliveries to take(delivery&&), so many at the most. True: there may be
    // more, of which nobody tells again.
    template <class Take>
    bool collect(Take&& take, std::size_t at_most = std::numeric_limits<std::size_t>::max()) {
        // Before looking: an answer pushed after this line wakes us again.
        woken_.exchange(false, std::memory_order_acq_rel);
        delivery d;
        for (; at_most > 0 && from_committer_.pop(d); --at_most) {
            under_way_ -= d.mark == nullptr ? 1 : 0;
            take(std::move(d));
        }
        for (; at_most > 0 && from_reader_.pop(d); --at_most) {
            --under_way_;
            take(std::move(d));
        }
        return at_most == 0;
    }

    std::size_t under_way() const noexcept { return under_way_; }  // the reactor's thread
    std::uint32_t shard() const noexcept { return shard_; }

    core::spsc_ring<submission>& commands() noexcept { return commands_; }
    void answer_from_committer(delivery&& d);
    void answer_from_reader(delivery&& d);
    void wake();               // once after a batch of answers
    void wake_after_commit();  // the committer: only if it answered here

private:
    doorbell& bell_;
    const waker wake_;
    void* const context_;
    const std::uint32_t shard_;
    const std::size_t commands_max_;
    static constexpr std::size_t marks_max = 64;  // cuts under way: totals one, the proof one
    std::size_t under_way_ = 0;
    core::spsc_ring<submission> commands_;
    core::spsc_ring<delivery> from_committer_;
    core::spsc_ring<delivery> from_reader_;
    bool unwoken_ = false;  // the committer's
    std::atomic<bool> woken_{false};
};

}  // namespace doseline::storage
