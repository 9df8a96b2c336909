#pragma once

namespace doseline::loadtest {

struct setting;

// Every clinic connects, asks and registers once; then requests arrive on them at a fixed rate,
// half checks and half registrations, each for a person of its own. See scenario::run.
bool run_hold(const setting& here);

}  // namespace doseline::loadtest
