#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reading a summary that another version may have written: what is missing is missing, and no
// error. Places are JSON pointers ("/rate/asked").
namespace doseline::loadtest {

const boost::json::value* value_at(const boost::json::value& in, std::string_view place);
std::optional<double> number_at(const boost::json::value& in, std::string_view place);
std::string string_at(const boost::json::value& in, std::string_view place);  // else empty

// What is no number is NaN; no array: empty.
std::vector<double> numbers_at(const boost::json::value& in, std::string_view place);

// For people: a string as it is, numbers as short ones, null as "-", the rest as JSON.
std::string plain_text(const boost::json::value& value);

}  // namespace doseline::loadtest
