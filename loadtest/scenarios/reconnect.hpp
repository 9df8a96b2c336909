#pragma once

namespace doseline::loadtest {

struct setting;

// --storm clients lose their connections at once and come back together: first with nobody else
// there, to see how long that takes, then beside --connections that work at --rate and should
// hardly notice. See scenario::run.
bool run_reconnect(const setting& here);

}  // namespace doseline::loadtest
