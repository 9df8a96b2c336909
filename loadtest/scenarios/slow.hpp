#pragma once

namespace doseline::loadtest {

struct setting;

// Clinics at work, beside whom --slow peers of each kind do what keeps a server busy that does not
// defend itself. Judged is that the clinics hardly notice, that no peer is put up with for longer
// than the limits say, and that nothing is left of them. See scenario::run.
bool run_slow(const setting& here);

}  // namespace doseline::loadtest
