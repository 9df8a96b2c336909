#pragma once

namespace doseline::loadtest {

struct setting;

// Clinics at a normal rate, in whose second half one more asks --rate times a second. Judged is
// that the others hardly notice and that the hog is refused. See scenario::run.
bool run_hog(const setting& here);

}  // namespace doseline::loadtest
