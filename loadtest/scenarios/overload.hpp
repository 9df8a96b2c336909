#pragma once

namespace doseline::loadtest {

struct setting;

// Measures the capacity, then offers from 50 to 1,000 % of it and 50 again, --seconds each, and
// judges what was done at each (judge_overload()) and what was acknowledged. See scenario::run.
bool run_overload(const setting& here);

}  // namespace doseline::loadtest
