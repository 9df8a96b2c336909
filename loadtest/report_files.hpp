#pragma once

#include "loadtest/scenario.hpp"

#include <boost/json/object.hpp>

#include <iosfwd>

namespace doseline::loadtest {

// Publishes what a run came to: with --baseline prints how it compares, and with --report writes
// summary.json, index.html and, if latencies were measured, latency.hgrm (milliseconds) into that
// directory, which is made if need be. Adds what the run's watch saw and the environment to the
// summary. Each file is whole or not there. Throws std::runtime_error or
// std::filesystem::filesystem_error with what could not be done.
void publish(const setting& here, boost::json::object summary, std::ostream& out);

}  // namespace doseline::loadtest
