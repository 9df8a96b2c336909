#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace doseline::loadtest {

// One HTML page with everything that a run's summary tells: no script, nothing to load, readable
// on a phone and on paper. The baseline, another run's summary, may be null.
std::string html_report(const boost::json::value& summary, const boost::json::value* baseline);

}  // namespace doseline::loadtest
