#include "net/decimal_json.hpp"

#include <boost/assert.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <array>
#include <charconv>

namespace doseline::net {

namespace json = boost::json;

namespace {

void append(std::string& to, const json::value& v);

void append(std::string& to, const json::object& o) {
    char before = '{';
    for (const auto& field : o) {
        const std::string_view name(field.key().data(), field.key().size());
        to.append(1, before).append(1, '"').append(name).append("\":");
        append(to, field.value());
        before = ',';
    }
    to.append(o.empty() ? "{}" : "}");
}

void append(std::string& to, const json::array& a) {
    char before = '[';
    for (const json::value& each : a) {
        to += before;
        append(to, each);
        before = ',';
    }
    to.append(a.empty() ? "[]" : "]");
}

void append(std::string& to, double number) {
    std::array<char, 32> text;
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    BOOST_ASSERT(error == std::errc{});
    to.append(text.data(), end);
}

void append(std::string& to, const json::value& v) {
    if (const json::object* o = v.if_object()) {
        append(to, *o);
    } else if (const json::array* a = v.if_array()) {
        append(to, *a);
    } else if (const double* number = v.if_double()) {
        append(to, *number);
    } else {
        to += json::serialize(v);
    }
}

}  // namespace

std::string decimal_json(const json::object& o) {
    std::string text;
    append(text, o);
    return text;
}

}  // namespace doseline::net
