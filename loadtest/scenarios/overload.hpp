#pragma once

namespace doseline::loadtest {

struct setting;

// Measures the capacity, then offers from 30 to 1,000 % of it, --seconds each, and tells what was
// answered in time at each: a curve that is measured and not judged. Judged is what was
// acknowledged on the way. See scenario::run.
bool run_overload(const setting& here);

}  // namespace doseline::loadtest
