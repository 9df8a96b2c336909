#pragma once

#include "loadtest/histogram.hpp"
#include "loadtest/load_result.hpp"
#include "loadtest/tally.hpp"

#include <boost/json/object.hpp>

#include <iosfwd>
#include <string>
#include <string_view>

namespace doseline::loadtest {

// Milliseconds at the percentiles that the reports show, and how many values there are.
boost::json::object describe(const histogram& nanoseconds);

// Every end of a request under its name, zeros too: what is not there cannot be asked about.
boost::json::object describe(const tally& counted, std::uint64_t planned);

// The whole load for summary.json: sums, "series" second by second, and "distribution".
boost::json::object describe(const load_result& result, double asked_rate);

// The same for people.
void print(std::ostream& out, const load_result& result, double asked_rate);

}  // namespace doseline::loadtest
