#pragma once

#include "net/server.hpp"

namespace doseline::net::cli {

// The program: reads the command line, does what it says, and returns the exit code: 0 done,
// 1 failed with one line on stderr that says what to do, 2 bad usage.
int run(int argc, char** argv, const more_admin_routes& more = {});

}  // namespace doseline::net::cli
