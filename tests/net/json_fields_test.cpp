#include "net/json_fields.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(json_fields_suite)

using namespace doseline;
using core::errc;
using net::json_fields;

namespace {

// What comes of a body of which "a" alone is asked for.
std::string judged(const std::string& body) {
    json_fields fields(body);
    static_cast<void>(fields.texts("a", 100));
    const auto error = fields.finish();
    return error ? std::string(core::code_name(error->code)) + ' ' + error->field : "";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_name_stands_once) {
    BOOST_TEST(judged(R"({"a":[]})") == "");
    BOOST_TEST(judged(R"({"a":[],"a":[]})") == "BAD_JSON ");
    BOOST_TEST(judged(R"({"a":[],"\u0061":[]})") == "BAD_JSON ");
    BOOST_TEST(judged(R"({"b":{"x":1,"x":1},"a":[]})") == "BAD_JSON ");
    BOOST_TEST(judged(R"({"a":[{"x":1,"x":1}]})") == "BAD_JSON ");
    BOOST_TEST(judged(R"({"":1,"":1})") == "BAD_JSON ");
    // Twice, but not in one object.
    BOOST_TEST(judged(R"({"a":[{"x":1},{"x":1}]})") == "BAD_FIELD a");
}

// Colons and quotes in texts are no names.
BOOST_AUTO_TEST_CASE(texts_may_hold_anything) {
    BOOST_TEST(judged(R"({"a":["::","\":\"","\\",":\\\"","{\"a\":1}"]})") == "");
    BOOST_TEST(judged(R"({"a":["한:글"]})") == "");
    BOOST_TEST(judged(R"({"a:b\":":1})") == "UNKNOWN_FIELD ");
    BOOST_TEST(judged("{ \"a\" \n:\t[ \":\" ] }") == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_object) {
    for (const std::string body :
         {"", " ", "{", "[]", "7", "\"a\"", "null", "{}{}", "{\"a\":[]}x", "{\"a\"}", "{a:[]}",
          "{\"a\":[[[[[]]]]]}", "{\"a\":NaN}", "{\"a\":[\"\\ud800\"]}", "{\"a\":[\"\xff\"]}"}) {
        BOOST_TEST(judged(body) == "BAD_JSON ", body);
    }
}

BOOST_AUTO_TEST_CASE(the_first_error_counts) {
    json_fields fields(R"({"b":7,"c":"x","d":1})");
    BOOST_TEST(!fields.text("b", 5).has_value());
    BOOST_TEST(!fields.number("c").has_value());
    const auto error = fields.finish();
    BOOST_TEST_REQUIRE(error.has_value());
    BOOST_TEST((error->code == errc::bad_field));
    BOOST_TEST(error->field == "b");
}

BOOST_AUTO_TEST_CASE(null_is_no_value) {
    json_fields fields(R"({"a":null})");
    BOOST_TEST(!fields.boolean("a").has_value());
    BOOST_TEST((fields.finish()->code == errc::bad_field));
}

BOOST_AUTO_TEST_CASE(characters_are_counted_not_bytes) {
    json_fields fields(R"({"a":"가나다","b":"가나다라"})");
    BOOST_TEST(fields.text("a", 3).value_or("") == "가나다");
    BOOST_TEST(!fields.text("b", 3).has_value());
    BOOST_TEST(fields.finish()->field == "b");

    BOOST_TEST(net::characters_of("a\xf0\x9f\x92\x89").value() == 2u);
    BOOST_TEST(!net::characters_of("\x80").has_value());
    BOOST_TEST(!net::characters_of("\xea\xb0").has_value());
    BOOST_TEST(!net::characters_of("a\x7f").has_value());
    BOOST_TEST(!net::characters_of("a\nb").has_value());
}

BOOST_AUTO_TEST_CASE(objects_are_read_each_by_itself) {
    json_fields fields(R"({"rows":[{"a":"1"},{"a":2},{"b":"3"}]})");
    auto rows = fields.required_objects("rows", 3);
    BOOST_TEST(!fields.finish());
    BOOST_REQUIRE(rows.size() == 3u);
    BOOST_TEST(rows[0].text("a", 9).value_or("") == "1");
    BOOST_TEST(!rows[0].finish());
    rows[1].text("a", 9);
    BOOST_TEST((rows[1].finish()->code == core::errc::bad_field));
    BOOST_TEST((rows[2].finish()->code == core::errc::unknown_field));
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_repeated_only_if_it_is_nobodys) {
    const auto told = [](const std::string& name) {
        json_fields fields(R"({")" + name + R"(":1})");
        const auto error = fields.finish();
        BOOST_REQUIRE(error);
        BOOST_TEST((error->code == errc::unknown_field));
        return error->field;
    };
    const std::string longest(64, 'a');
    for (const std::string& name : {std::string("doseMl"), std::string("dose_ml-X"), longest}) {
        BOOST_TEST(told(name) == name);
    }
    for (const std::string& name : {std::string("5001019000001"), std::string("id 500101-9000001"),
                                    std::string("x1"), std::string("가상"), longest + 'a'}) {
        BOOST_TEST(told(name) == "", name);
    }
}

BOOST_AUTO_TEST_CASE(objects_that_are_too_many_or_none) {
    for (const std::string body :
         {R"({"rows":[{},{}]})", R"({"rows":[7]})", R"({"rows":{}})", "{}"}) {
        json_fields fields(body);
        BOOST_TEST(fields.required_objects("rows", 1).empty());
        const auto error = fields.finish();
        BOOST_REQUIRE(error);
        BOOST_TEST(error->field == "rows");
    }
    json_fields twice(R"({"rows":[{"a":1,"a":2}]})");
    twice.required_objects("rows", 1);
    BOOST_TEST((twice.finish()->code == core::errc::bad_json));
}

BOOST_AUTO_TEST_SUITE_END()
