#pragma once

#include <boost/json/value.hpp>

#include <string>

// Parts of the report that are tables, as HTML, from a run's summary; a part is empty when the
// summary has nothing for it.
namespace doseline::loadtest {

std::string tiles_of(const boost::json::value& summary, const boost::json::value* baseline);
std::string checks_of(const boost::json::value& summary);
std::string comparison_of(const boost::json::value& summary, const boost::json::value& baseline);

// How every request ended, by lap: refusals and failures each under their name.
std::string requests_of(const boost::json::value& summary);
std::string latency_of(const boost::json::value& summary);

// What only some scenarios tell: lists and objects under their own names.
std::string others_of(const boost::json::value& summary);
std::string environment_of(const boost::json::value& summary);

}  // namespace doseline::loadtest
