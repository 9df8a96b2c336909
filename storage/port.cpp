#include "storage/port.hpp"

#include <boost/assert.hpp>

namespace doseline::storage {

void doorbell::ring() {
    // acq_rel on both sides, ours and about_to_sleep()'s: whichever exchange comes second sees what
    // the first one's thread did before. So either we learn that the committer sleeps, or its last
    // look finds what we pushed.
    if (!sleeping_.exchange(false, std::memory_order_acq_rel)) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        rung_ = true;
    }
    condition_.notify_one();
}

void doorbell::sleep_until_rung(std::chrono::nanoseconds at_most) {
    std::unique_lock lock(mutex_);
    condition_.wait_for(lock, at_most, [this] { return rung_; });
    rung_ = false;
}

port::port(doorbell& bell, waker wake_with, void* context, std::uint32_t shard,
           std::size_t commands_max)
    : bell_(bell), wake_(wake_with), context_(context), shard_(shard), commands_max_(commands_max),
      commands_(commands_max),
      // Room for every answer, and for marks, of which few are under way.
      from_committer_(2 * commands_max + marks_max), from_reader_(commands_max) {}

bool port::submit(submission&& s) {
    if (under_way_ >= commands_max_) {
        return false;
    }
    s.since = std::chrono::steady_clock::now();
    const bool pushed = commands_.push(std::move(s));
    BOOST_ASSERT(pushed);
    ++under_way_;
    bell_.ring();
    return pushed;
}

void port::answer_from_committer(delivery&& d) {
    [[maybe_unused]] const bool pushed = from_committer_.push(std::move(d));
    BOOST_ASSERT(pushed);
    unwoken_ = true;
}

void port::answer_from_reader(delivery&& d) {
    [[maybe_unused]] const bool pushed = from_reader_.push(std::move(d));
    BOOST_ASSERT(pushed);
}

void port::wake_after_commit() {
    if (std::exchange(unwoken_, false)) {
        wake();
    }
}

void port::wake() {
    // acq_rel, as collect(): either we see that it is about to look, or it sees what we pushed.
    if (!woken_.exchange(true, std::memory_order_acq_rel)) {
        wake_(context_);
    }
}

}  // namespace doseline::storage
