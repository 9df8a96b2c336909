#include "net/form_fields.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(form_fields_suite)

using doseline::net::escape_html;
using doseline::net::form_fields;

BOOST_AUTO_TEST_CASE(fields_are_found_by_name) {
    const form_fields fields("national_id=500101-9000001&lot=&key=k");
    BOOST_TEST(fields["national_id"] == "500101-9000001");
    BOOST_TEST(fields["lot"] == "");
    BOOST_TEST(fields["key"] == "k");
    BOOST_TEST(fields["absent"] == "");
    BOOST_TEST(fields["KEY"] == "");
    BOOST_TEST(form_fields("")["key"] == "");
}

BOOST_AUTO_TEST_CASE(plus_and_escapes_are_decoded_once) {
    const form_fields fields("a=x+y&b=%EC%A0%91%ec%a2%85&c=1%2B1%3D2&d=%2541&e%20f=g&h=%00i");
    BOOST_TEST(fields["a"] == "x y");
    BOOST_TEST(fields["b"] == "\xec\xa0\x91\xec\xa2\x85");
    BOOST_TEST(fields["c"] == "1+1=2");
    BOOST_TEST(fields["d"] == "%41");
    BOOST_TEST(fields["e f"] == "g");
    BOOST_TEST(fields["h"] == std::string("\0i", 2));
}

BOOST_AUTO_TEST_CASE(escaped_separators_separate_nothing) {
    const form_fields fields("a=1%26b%3D2");
    BOOST_TEST(fields["a"] == "1&b=2");
    BOOST_TEST(fields["b"] == "");
}

BOOST_AUTO_TEST_CASE(malformed_escapes_are_kept_as_they_stand) {
    const form_fields fields("a=%&b=%4&c=%4G&d=%G4&e=100%&f=%%41&g=%-1&h=%+1");
    BOOST_TEST(fields["a"] == "%");
    BOOST_TEST(fields["b"] == "%4");
    BOOST_TEST(fields["c"] == "%4G");
    BOOST_TEST(fields["d"] == "%G4");
    BOOST_TEST(fields["e"] == "100%");
    BOOST_TEST(fields["f"] == "%A");
    BOOST_TEST(fields["g"] == "%-1");
    BOOST_TEST(fields["h"] == "% 1");
}

// A second value of a name can hide from who looked at the first.
BOOST_AUTO_TEST_CASE(the_first_of_a_name_counts) {
    BOOST_TEST(form_fields("a=1&a=2")["a"] == "1");
    BOOST_TEST(form_fields("a=&a=2")["a"] == "");
    BOOST_TEST(form_fields("a&a=2")["a"] == "");
    BOOST_TEST(form_fields("%61=1&a=2")["a"] == "1");
}

BOOST_AUTO_TEST_CASE(odd_shapes_do_no_harm) {
    const form_fields fields("&&=x&&a==b&c=d=e&&f");
    BOOST_TEST(fields["a"] == "=b");
    BOOST_TEST(fields["c"] == "d=e");
    BOOST_TEST(fields["f"] == "");
    form_fields(std::string(65'536, '&'));
    form_fields(std::string(65'536, '%'));
    form_fields(std::string(65'536, '='));
}

// 32 fields are read, and the page sends eight.
BOOST_AUTO_TEST_CASE(fields_beyond_the_limit_are_not_read) {
    std::string body;
    for (int n = 0; n < 33; ++n) {
        body += "f" + std::to_string(n) + "=v&";
    }
    const form_fields fields(body);
    BOOST_TEST(fields["f31"] == "v");
    BOOST_TEST(fields["f32"] == "");
}

BOOST_AUTO_TEST_CASE(html_is_escaped_where_it_could_become_markup) {
    BOOST_TEST(escape_html("<a href=\"x\" b='y'>&amp;</a>") ==
               "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;");
    BOOST_TEST(escape_html("\xec\xa0\x91\xec\xa2\x85 1-2") == "\xec\xa0\x91\xec\xa2\x85 1-2");
    BOOST_TEST(escape_html("") == "");
}

BOOST_AUTO_TEST_SUITE_END()
