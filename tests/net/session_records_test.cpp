#include "tests/net/lone_client.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(session_records)

using namespace doseline;

namespace {

std::string post(std::string_view body) {
    return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + std::string(body);
}

}  // namespace

// Head and body together: one record to encrypt, one write, one segment.
BOOST_FIXTURE_TEST_CASE(a_small_answer_is_one_record, test::lone_connection) {
    for (const std::size_t bytes : {0u, 1u, 1'000u, 8'000u}) {
        const unsigned before = client.records();
        ask(post(std::string(bytes, 'x')));
        const std::string answer = client.read();
        BOOST_TEST(answer.starts_with("HTTP/1.1 200 "));
        BOOST_TEST(answer.ends_with("\r\n\r\n" + std::string(bytes, 'x')));
        BOOST_TEST(client.records() - before == 1u);
    }
}

BOOST_FIXTURE_TEST_CASE(pipelined_requests_have_a_record_each_in_their_order,
                        test::lone_connection) {
    const unsigned before = client.records();
    ask(post("first") + post("second") + post("third"));
    const std::string answers = client.read();
    BOOST_TEST(client.records() - before == 3u);
    const std::size_t second = answers.find("second");
    BOOST_TEST_REQUIRE(second != std::string::npos);
    BOOST_TEST(answers.find("first") < second);
    BOOST_TEST(answers.find("third") > second);
    BOOST_TEST(answers.ends_with("third"));
}

BOOST_AUTO_TEST_SUITE_END()
