#include "tests/support/raw_socket.hpp"
#include "tests/support/served_demo.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

BOOST_AUTO_TEST_SUITE(request_limits)

using namespace doseline;
using test::https_client;
using test::response;

namespace {

// Of the contract and the design, not of the program's header: a limit that moves must be noticed.
constexpr std::size_t header_bytes_max = 8'192;
constexpr std::size_t header_fields_max = 64;
constexpr std::size_t target_bytes_max = 1'024;
constexpr std::size_t body_bytes_max = 65'536;
constexpr std::size_t batch_body_bytes_max = 1'048'576;

const std::string status_request = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct served {
    static test::served_demo& demo() {
        static test::served_demo one;
        return one;
    }
    https_client client = demo().clinic_client();

    void still_answers() {
        client.send(status_request);
        BOOST_TEST(client.receive().status == 200u);
    }
    void refuses(const std::string& bytes, unsigned status) {
        client.send(bytes + status_request);
        const response refused = client.receive();
        BOOST_TEST(refused.status == status);
        BOOST_TEST(refused.field("connection") == "close");
        BOOST_TEST(client.closed());
    }
};

// A whole header of that many bytes.
std::string header_of(std::size_t bytes) {
    std::string text = "GET /status HTTP/1.1\r\nHost: localhost\r\nX: ";
    return text + std::string(bytes - text.size() - 4, 'x') + "\r\n\r\n";
}

std::string header_with_fields(std::size_t count) {
    std::string text = "GET /status HTTP/1.1\r\nHost: localhost\r\n";
    for (std::size_t n = 1; n < count; ++n) {
        text += "X: x\r\n";
    }
    return text + "\r\n";
}

std::string header_with_target(std::size_t bytes) {
    std::string target = "/status?";
    target.resize(bytes, 'x');
    return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}

std::string post_header(std::size_t body_bytes, const std::string& more = "",
                        const std::string& call = "/v1/checks") {
    return "POST " + call + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
           more + "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n";
}

const std::string expects = "Expect: 100-continue\r\n";

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_header_of_8_kib_is_read, served) {
    client.send(header_of(header_bytes_max));
    BOOST_TEST(client.receive().status == 200u);
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(a_header_one_byte_longer_is_refused, served) {
    refuses(header_of(header_bytes_max + 1), 431);
}

BOOST_FIXTURE_TEST_CASE(a_header_without_an_end_is_refused_at_8_kib, served) {
    client.send(header_of(header_bytes_max + 4).substr(0, header_bytes_max));
    BOOST_TEST(client.receive().status == 431u);
    BOOST_TEST(client.closed());
}

BOOST_FIXTURE_TEST_CASE(a_header_of_64_fields_is_read, served) {
    client.send(header_with_fields(header_fields_max));
    BOOST_TEST(client.receive().status == 200u);
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(a_header_of_65_fields_is_refused, served) {
    refuses(header_with_fields(header_fields_max + 1), 431);
}

BOOST_FIXTURE_TEST_CASE(a_target_of_1024_bytes_is_read, served) {
    client.send(header_with_target(target_bytes_max));
    BOOST_TEST(client.receive().status == 200u);
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(a_target_one_byte_longer_is_refused, served) {
    refuses(header_with_target(target_bytes_max + 1), 414);
}

BOOST_FIXTURE_TEST_CASE(a_body_of_64_kib_is_read, served) {
    client.send(post_header(body_bytes_max) + std::string(body_bytes_max, ' '));
    BOOST_TEST(client.receive().status == 401u);
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(a_batch_of_1_mib_is_read_and_one_byte_more_is_refused, served) {
    const std::string batch = "/v1/registrations/batch";
    client.send(post_header(batch_body_bytes_max, "", batch) +
                std::string(batch_body_bytes_max, ' '));
    BOOST_TEST(client.receive().status == 401u);
    still_answers();
    client.send(post_header(batch_body_bytes_max + 1, "", batch));
    BOOST_TEST(client.receive().status == 413u);
}

BOOST_FIXTURE_TEST_CASE(a_body_one_byte_longer_is_refused_though_it_was_sent_whole, served) {
    client.send(post_header(body_bytes_max + 1));
    client.send(std::string(body_bytes_max + 1, ' '));
    client.send(status_request);
    const response refused = client.receive();
    BOOST_TEST(refused.status == 413u);
    BOOST_TEST(refused.field("content-type") == "application/problem+json");
    BOOST_TEST(refused.body.find("BODY_TOO_LARGE") != std::string::npos);
    BOOST_TEST(refused.field("connection") == "close");
    BOOST_TEST(client.closed());
}

BOOST_FIXTURE_TEST_CASE(a_body_that_is_too_large_is_refused_before_it_comes, served) {
    client.send(post_header(body_bytes_max + 1));
    BOOST_TEST(client.receive().status == 413u);
    BOOST_TEST(client.closed());
}

BOOST_FIXTURE_TEST_CASE(who_asks_before_sending_is_told_to_go_on, served) {
    client.send(post_header(2, expects));
    BOOST_TEST(client.receive().status == 100u);
    client.send("{}");
    BOOST_TEST(client.receive().status == 401u);
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(the_expectation_is_read_in_any_case_of_letters, served) {
    client.send(post_header(2, "expect: 100-Continue\r\n"));
    BOOST_TEST(client.receive().status == 100u);
    client.send("{}");
    BOOST_TEST(client.receive().status == 401u);
}

BOOST_FIXTURE_TEST_CASE(who_asks_before_sending_too_much_is_refused_at_once, served) {
    client.send(post_header(body_bytes_max + 1, expects));
    BOOST_TEST(client.receive().status == 413u);
    BOOST_TEST(client.closed());
}

BOOST_FIXTURE_TEST_CASE(who_asks_for_what_is_not_there_is_refused_at_once, served) {
    client.send("POST /nothing HTTP/1.1\r\nHost: localhost\r\n" + expects +
                "Content-Length: 2\r\n\r\n");
    BOOST_TEST(client.receive().status == 404u);
    BOOST_TEST(client.closed());
}

BOOST_FIXTURE_TEST_CASE(who_asks_with_nothing_to_send_is_answered, served) {
    client.send(post_header(0, expects));
    BOOST_TEST(client.receive().status == 401u);
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(head_is_get_without_the_body, served) {
    const response got = client.request("GET", "/");
    const response head = client.request("HEAD", "/");
    BOOST_TEST(head.status == got.status);
    BOOST_TEST(head.field("content-length") == got.field("content-length"));
    BOOST_TEST(head.field("content-type") == got.field("content-type"));
    BOOST_TEST(got.body.size() == std::stoul(got.field("content-length")));
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(head_has_no_body_when_it_is_refused, served) {
    BOOST_TEST(client.request("HEAD", "/nothing").status == 404u);
    BOOST_TEST(client.request("HEAD", "/v1/stock").status == 401u);
    const response refused = client.request("HEAD", "/v1/checks");
    BOOST_TEST(refused.status == 405u);
    BOOST_TEST(refused.field("allow") == "POST");
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(head_has_no_body_when_its_framing_is_refused, served) {
    client.send("HEAD /status HTTP/1.1\r\n\r\n");
    BOOST_TEST(client.receive(true).status == 400u);
    BOOST_TEST(client.closed(), "a body came");
}

BOOST_FIXTURE_TEST_CASE(requests_that_come_together_are_answered_in_their_order, served) {
    const std::string waits = demo().check_request();
    const std::string unknown = "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const std::string nobody = post_header(2) + "{}";
    std::string all;
    constexpr int rounds = 50;
    for (int n = 0; n < rounds; ++n) {
        all += unknown + waits + status_request + nobody;
    }
    client.send(all);
    for (int n = 0; n < rounds; ++n) {
        BOOST_TEST_CONTEXT("round " << n) {
            BOOST_TEST(client.receive().status == 404u);
            const response checked = client.receive();
            BOOST_TEST(checked.status == 200u);
            BOOST_TEST(checked.body.find("\"decision\"") != std::string::npos);
            const response status = client.receive();
            BOOST_TEST(status.status == 200u);
            BOOST_TEST(status.body.find("\"decision\"") == std::string::npos);
            BOOST_TEST(client.receive().status == 401u);
        }
    }
    still_answers();
}

BOOST_FIXTURE_TEST_CASE(plain_http_is_told_so_and_closed, served) {
    for (const std::string& request :
         {status_request, "POST / HTTP/1.0\r\n\r\n" + status_request}) {
        test::raw_socket client_of_http(demo().process().clinic_port());
        BOOST_REQUIRE(client_of_http.send(request));
        const std::string answer = client_of_http.read_to_end();
        BOOST_TEST(answer.starts_with("HTTP/1.1 400 "));
        BOOST_TEST(answer.find("HTTP/1.1", 1) == std::string::npos);
    }
    still_answers();
}

BOOST_AUTO_TEST_SUITE_END()
