#pragma once

namespace doseline::loadtest {

struct setting;

// Clinics register beyond their last dose, ask, and move what stock there is. Judged is that no
// shot is refused for it and that the server's stock is at every answer and at the end what the
// client's own books say. See scenario::run.
bool run_stockout(const setting& here);

}  // namespace doseline::loadtest
