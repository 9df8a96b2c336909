#include "net/decimal_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(decimal_json_test)

using doseline::net::decimal_json;
namespace json = boost::json;

// A volume is held in hundredths of a millilitre, and what is told is exactly these.
BOOST_AUTO_TEST_CASE(hundredths_are_decimals) {
    for (int hundredths = 0; hundredths <= 255; ++hundredths) {
        std::string digits = std::to_string(hundredths % 100);
        digits.insert(0, 2 - digits.size(), '0');
        digits.erase(digits.find_last_not_of('0') + 1);
        const std::string wanted =
            std::to_string(hundredths / 100) + (digits.empty() ? "" : "." + digits);
        BOOST_TEST(decimal_json({{"ml", hundredths / 100.0}}) == "{\"ml\":" + wanted + "}");
    }
}

BOOST_AUTO_TEST_CASE(all_else_is_as_boost_writes_it) {
    for (const char* const text :
         {"{}", R"({"a":[]})", R"({"a":{},"b":[[],{}]})",
          R"({"a":-1,"b":18446744073709551615,"c":true,"d":null,"e":[1,"2",{"f":"3"}]})",
          R"({"text":"\"\\\n\u0001 한글 \"dose_ml\":5E-1"})"}) {
        const json::object o = json::parse(text).as_object();
        BOOST_TEST(decimal_json(o) == json::serialize(o));
    }
}

BOOST_AUTO_TEST_CASE(within_arrays_and_objects_too) {
    const json::object o{{"rows", {{{"ml", 0.5}}, 0.25, -1.5, 1e-3, 123456789012345.0}}};
    BOOST_TEST(decimal_json(o) == R"({"rows":[{"ml":0.5},0.25,-1.5,0.001,123456789012345]})");
}

BOOST_AUTO_TEST_SUITE_END()
