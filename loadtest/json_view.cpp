#include "loadtest/json_view.hpp"

#include "loadtest/number_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <limits>

namespace doseline::loadtest {

namespace json = boost::json;

const json::value* value_at(const json::value& in, std::string_view place) {
    boost::system::error_code ec;
    return in.find_pointer(place, ec);
}

std::optional<double> number_at(const json::value& in, std::string_view place) {
    const json::value* found = value_at(in, place);
    return found != nullptr && found->is_number() ? std::optional(found->to_number<double>())
                                                  : std::nullopt;
}

std::string string_at(const json::value& in, std::string_view place) {
    const json::value* found = value_at(in, place);
    return found != nullptr && found->is_string() ? plain_text(*found) : "";
}

std::vector<double> numbers_at(const json::value& in, std::string_view place) {
    std::vector<double> numbers;
    const json::value* found = value_at(in, place);
    if (found != nullptr && found->is_array()) {
        for (const json::value& v : found->get_array()) {
            numbers.push_back(v.is_number() ? v.to_number<double>()
                                            : std::numeric_limits<double>::quiet_NaN());
        }
    }
    return numbers;
}

std::string plain_text(const json::value& value) {
    if (value.is_string()) {
        return std::string(value.get_string());
    }
    if (value.is_number()) {
        return short_number(value.to_number<double>());
    }
    if (value.is_bool()) {
        return value.get_bool() ? "yes" : "no";
    }
    return value.is_null() ? "-" : json::serialize(value);
}

}  // namespace doseline::loadtest
