#pragma once

#include <boost/json/object.hpp>

#include <span>
#include <string>

namespace doseline::loadtest {

// Where and with what a run was made, so that two runs can be told apart: "at" (UTC), "commit"
// (the environment's DOSELINE_COMMIT, which loadtest/run sets; else "not told"), "compiler",
// "tls" (OpenSSL), "kernel", "processor", "cores", "memory_bytes", "command" (the flags as
// given: they name files and never hold a secret).
boost::json::object describe_environment(std::span<const std::string> command);

}  // namespace doseline::loadtest
