#include "loadtest/http_response.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(http_response)

using namespace std::chrono_literals;
using doseline::loadtest::parse_response;
using doseline::loadtest::response;
using doseline::loadtest::response_state;

BOOST_AUTO_TEST_CASE(an_answer_is_complete_with_its_last_byte_and_not_before) {
    const std::string whole =
        "HTTP/1.1 200 OK\r\nServer: doseline\r\ncontent-length:  11 \r\nREPLAYED: true\r\n"
        "Retry-After: 7\r\n\r\nhello world";
    response out;
    for (std::size_t n = 0; n < whole.size(); ++n) {
        BOOST_REQUIRE(parse_response(whole.substr(0, n), out) == response_state::incomplete);
    }
    BOOST_REQUIRE(parse_response(whole, out) == response_state::complete);
    BOOST_TEST(out.status == 200u);
    BOOST_TEST(out.body == "hello world");
    BOOST_TEST(out.replayed);
    BOOST_TEST(!out.close);
    BOOST_TEST((out.retry_after == 7s));
}

BOOST_AUTO_TEST_CASE(fields_that_are_not_there_have_their_defaults) {
    response out;
    out.replayed = out.close = true;
    BOOST_REQUIRE(parse_response("HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n", out) ==
                  response_state::complete);
    BOOST_TEST(out.status == 503u);
    BOOST_TEST(!out.replayed);
    BOOST_TEST(!out.close);
    BOOST_TEST((out.retry_after == 0s));
    BOOST_TEST(out.body.empty());
}

BOOST_AUTO_TEST_CASE(connection_close_is_seen) {
    response out;
    BOOST_REQUIRE(
        parse_response("HTTP/1.1 400 Bad\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n", out) ==
        response_state::complete);
    BOOST_TEST(out.close);
}

BOOST_AUTO_TEST_CASE(no_content_needs_no_length) {
    response out;
    BOOST_TEST(
        (parse_response("HTTP/1.1 204 No Content\r\n\r\n", out) == response_state::complete));
    BOOST_TEST(out.status == 204u);
}

BOOST_AUTO_TEST_CASE(what_is_not_an_answer_in_the_strict_form_is_malformed) {
    for (const std::string_view text : {
             "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 600 No\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 200 OK\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
             "HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n",
             "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nX",
             "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc",
         }) {
        BOOST_TEST_CONTEXT("text " << text) {
            response out;
            BOOST_TEST((parse_response(text, out) == response_state::malformed));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_header_may_be_so_long_and_no_longer) {
    using doseline::loadtest::response_header_bytes_max;
    response out;
    const std::string begin = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
    const std::string end = "\r\n\r\n";
    const std::string fill(response_header_bytes_max - begin.size() - end.size(), 'x');
    BOOST_TEST((parse_response(begin + fill + end, out) == response_state::complete));
    BOOST_TEST((parse_response(begin + fill + "x" + end, out) == response_state::malformed));
    BOOST_TEST((parse_response(begin + fill + "xxxx", out) == response_state::malformed));
    BOOST_TEST((parse_response(begin + fill, out) == response_state::incomplete));
}

BOOST_AUTO_TEST_CASE(a_body_may_be_so_long) {
    using doseline::loadtest::response_body_bytes_max;
    response out;
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n";
    BOOST_REQUIRE(response_body_bytes_max == 1'048'576u);
    BOOST_TEST((parse_response(head + std::string(response_body_bytes_max, 'b'), out) ==
                response_state::complete));
    BOOST_TEST(out.body.size() == response_body_bytes_max);
}

BOOST_AUTO_TEST_SUITE_END()
