#pragma once

#include "loadtest/histogram.hpp"
#include "loadtest/load_result.hpp"
#include "loadtest/tally.hpp"

#include <boost/json/object.hpp>

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

namespace doseline::loadtest {

// Milliseconds at the percentiles that the reports show, and how many values there are.
boost::json::object describe(const histogram& nanoseconds);

// Every end of a request under its name, zeros too: what is not there cannot be asked about.
boost::json::object describe(const tally& counted, std::uint64_t planned);

// The whole load for summary.json.
boost::json::object describe(const load_result& result, double asked_rate);

// The same for people.
void print(std::ostream& out, const load_result& result, double asked_rate);

// DIR/summary.json, whole or not at all; DIR is made if need be. Throws std::runtime_error or
// std::filesystem::filesystem_error with what could not be done.
void write_summary(const std::filesystem::path& dir, const boost::json::object& summary);

}  // namespace doseline::loadtest
