#pragma once

#include <boost/json/object.hpp>

#include <string>

namespace doseline::net {

// As boost::json::serialize(), but a number that is no integer is a decimal, 0.5, where that writes
// 5E-1: the shortest that is read as the same number. REQUIRES: the names need no escape; such
// numbers are of a size that people write, within 15 digits on each side of the point.
std::string decimal_json(const boost::json::object& o);

}  // namespace doseline::net
