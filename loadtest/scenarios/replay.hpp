#pragma once

namespace doseline::loadtest {

struct setting;

// Sends every registration of the acks file again, with its key and body, and compares the id, the
// receipt and the sequence number of the answer with what was acknowledged. See scenario::run.
bool run_replay(const setting& here);

}  // namespace doseline::loadtest
