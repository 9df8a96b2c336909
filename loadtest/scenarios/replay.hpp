#pragma once

namespace doseline::loadtest {

struct setting;

// With --acks: sends every registration of the acks file again, with its key and body, and compares
// the id, the receipt and the sequence number of the answer with what was acknowledged. Without:
// makes registrations of its own, a third of which it hangs up on after sending, then sends those
// keys again on two connections each, and compares all. See scenario::run.
bool run_replay(const setting& here);

}  // namespace doseline::loadtest
