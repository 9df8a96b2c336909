#include "loadtest/csv.hpp"

#include "loadtest/clinics.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string_view>

BOOST_AUTO_TEST_SUITE(csv)

using doseline::loadtest::csv_row;
using doseline::loadtest::parse_clinics;
using doseline::loadtest::parse_csv;

BOOST_AUTO_TEST_CASE(rows_are_read_as_rfc_4180_writes_them) {
    struct example {
        std::string_view text;
        std::vector<csv_row> rows;
    };
    const std::vector<example> examples{
        {"", {}},
        {"a", {{"a"}}},
        {"a,b\n", {{"a", "b"}}},
        {"a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
        {"a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
        {",\n", {{"", ""}}},
        {"a,", {{"a", ""}}},
        {"a,,b\n", {{"a", "", "b"}}},
        {"\"a,b\",c\n", {{"a,b", "c"}}},
        {"\"a\"\"b\"\n", {{"a\"b"}}},
        {"\"a\r\nb\",c\n", {{"a\r\nb", "c"}}},
        {"\"\",x\n", {{"", "x"}}},
        {"a\n\n\nb\n", {{"a"}, {"b"}}},
        {"a\rb,c\n", {{"a\rb", "c"}}},
    };
    for (const example& e : examples) {
        BOOST_TEST_CONTEXT("text " << e.text) {
            const auto rows = parse_csv(e.text);
            BOOST_REQUIRE(rows.has_value());
            BOOST_TEST((*rows == e.rows));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_misplaced_or_open_quote_is_malformed) {
    for (const std::string_view text : {"\"a", "\"a\"b,c", "a\"b", "a,\"b\n", "\"", "\"a\"\"\n"}) {
        BOOST_TEST_CONTEXT("text " << text) { BOOST_TEST(parse_csv(text).has_error()); }
    }
}

BOOST_AUTO_TEST_CASE(clinics_are_read_by_column_name) {
    const auto clinics = parse_clinics(
        "code,name,region,token\r\n"
        "11000001,\"Clinic, \"\"A\"\"\",11010,tokenA\r\n"
        "11000002,B,11010,tokenB\r\n");
    BOOST_REQUIRE(clinics.size() == 2u);
    BOOST_TEST(clinics[0].code == "11000001");
    BOOST_TEST(clinics[0].token == "tokenA");
    BOOST_TEST(clinics[1].code == "11000002");
    BOOST_TEST(clinics[1].token == "tokenB");
    BOOST_TEST(parse_clinics("token,code\nt,1\n").front().code == "1");
}

BOOST_AUTO_TEST_CASE(a_clinics_file_that_cannot_serve_is_named) {
    for (const std::string_view text : {"", "code,token\n", "code,name\n1,x\n", "name,token\n1,x\n",
                                        "code,token\n1\n", "code,token\n,t\n", "code,token\n1,\n",
                                        "code,token\n1,\"t\r\nHost: x\"\n", "code,token\n\"1\n"}) {
        BOOST_TEST_CONTEXT("text " << text) {
            BOOST_CHECK_THROW(parse_clinics(text), std::runtime_error);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
