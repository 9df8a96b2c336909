#pragma once

#include <boost/json/value.hpp>

#include <string>

namespace doseline::loadtest {

// The drawings of a run, as HTML figures, from its summary; what the summary does not have is not
// drawn. The baseline, another run's summary, may be null.
std::string charts_of(const boost::json::value& summary, const boost::json::value* baseline);

}  // namespace doseline::loadtest
