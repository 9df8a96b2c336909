#pragma once

#include "loadtest/scenario.hpp"

namespace doseline::loadtest {

// Clinics enter their day's paper forms in the evening, in batches, and everything a second time on
// another PC. Judged is that every form is there once and that every answer about it is the same.
bool run_night(const setting& here);

}  // namespace doseline::loadtest
