#pragma once

namespace doseline::loadtest {

struct setting;

// Fresh connections, planned at random over --seconds whatever the server does, each of which logs
// in (TLS and a first request with its token), checks and registers, and then stays. Judged by the
// time from the planned connect to the first answer. See scenario::run.
bool run_rush(const setting& here);

}  // namespace doseline::loadtest
