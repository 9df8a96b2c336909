#pragma once

// How a thread shares the cores with all others: the calling thread's wishes to the scheduler,
// which may know nothing of them; then nothing changes.
namespace doseline::net {

// For a thread that does little at a time and is waited for: it asks for short turns, and so has
// the next one soon, before those who have been at work all the time (Linux 6.12: sched_attr's
// runtime is an ordinary thread's slice). It gets no more of a core than without.
void take_short_turns() noexcept;

// For a thread with much to do that may wait: a tenth of another's right to a core. All of what
// they leave, and still a little when they leave nothing.
void stand_back() noexcept;

}  // namespace doseline::net
