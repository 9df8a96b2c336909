#pragma once

namespace doseline::loadtest {

struct setting;

// The clinics of --connections, each with one connection, see the patients of a day that follows
// --curve, --speed times faster. See morning_load and scenario::run.
bool run_morning(const setting& here);

}  // namespace doseline::loadtest
