#include "core/limits.hpp"
#include "tests/net/lone_client.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(session_line)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

std::string check(const std::string& body, const std::string& more = "") {
    return "POST /check HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\n" + more + "\r\n" + body;
}

// On a reactor that has more to read than it has read.
struct connection_behind : test::lone_connection {
    net::admission admits;

    connection_behind() {
        host.admits = &admits;
        admits.batch_ends(true, 0ms, std::chrono::steady_clock::now());
    }
    ~connection_behind() { it.reset(); }  // before what it tells that it has left

    void serve_first() { host.line.next()->serve(); }
};

// The line of others is so long that nobody may join it.
struct connection_refused : connection_behind {
    static constexpr int others = 1'000;

    connection_refused() {
        for (int n = 0; n < others; ++n) {
            admits.line_up(std::chrono::steady_clock::now());
        }
        admits.taken(1s, 16);
    }
    void end_load() {
        for (int n = 1; n < others; ++n) {
            admits.left_line();
        }
        admits.batch_ends(false, 0ms, std::chrono::steady_clock::now());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(who_is_read_while_more_is_ready_waits_for_its_turn, connection_behind) {
    ask(check("one"));
    BOOST_TEST(client.read() == "");
    BOOST_TEST(host.line.size() == 1u);
    it->ready(EPOLLIN);  // nothing that it waits for
    BOOST_TEST(client.read() == "");
    serve_first();
    BOOST_TEST(client.read().ends_with("\r\n\r\none"));
    BOOST_TEST(host.line.empty());
}

BOOST_FIXTURE_TEST_CASE(each_of_several_requests_has_a_turn_of_its_own, connection_behind) {
    ask(check("one") + check("two"));
    serve_first();
    BOOST_TEST(client.read().ends_with("one"));
    BOOST_TEST(host.line.size() == 1u);
    serve_first();
    BOOST_TEST(client.read().ends_with("two"));
    BOOST_TEST(host.line.empty());
}

// It is made already.
BOOST_FIXTURE_TEST_CASE(a_page_waits_for_no_turn, connection_behind) {
    ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(client.read().starts_with("HTTP/1.1 200 "));
}

BOOST_FIXTURE_TEST_CASE(who_goes_away_leaves_the_line, connection_behind) {
    ask(check("one"));
    it.reset();
    BOOST_TEST(host.line.empty());
    admits.batch_ends(false, 0ms, std::chrono::steady_clock::now());
    BOOST_TEST(admits.serves_at_once({}));
}

BOOST_FIXTURE_TEST_CASE(whose_turn_does_not_come_is_told_to_wait, connection_behind) {
    ask(check("one"));
    pass(core::limits::request_timeout + 1s);
    BOOST_TEST(client.read().starts_with("HTTP/1.1 503 "));
    BOOST_TEST(host.line.empty());
    BOOST_TEST(refused(net::refusal_reason::timeout) == 1u);
    admits.batch_ends(false, 0ms, std::chrono::steady_clock::now());
    ask(check("again"));
    BOOST_TEST(client.read().ends_with("again"));
}

BOOST_FIXTURE_TEST_CASE(who_is_refused_is_told_at_once_and_its_connection_goes_on,
                        connection_refused) {
    ask(check("the body of a check"));
    const std::string late = client.read();
    BOOST_TEST(late.starts_with("HTTP/1.1 503 "));
    BOOST_TEST(late.find("Content-Type: application/problem+json") != std::string::npos);
    BOOST_TEST(late.find("\"WAIT\"") != std::string::npos);
    BOOST_TEST(late.find("Retry-After: ") != std::string::npos);
    BOOST_TEST(refused(net::refusal_reason::shed) == 1u);
    // A page is served, and nothing of the dropped body is read as a request.
    ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    BOOST_TEST(client.read().starts_with("HTTP/1.1 200 "));
    end_load();
    ask(check("again"));
    BOOST_TEST(client.read().ends_with("again"));
}

// Nobody who is refused is asked for his body first.
BOOST_FIXTURE_TEST_CASE(a_body_that_waits_to_be_asked_for_is_not_asked_for, connection_refused) {
    ask("POST /check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        "Expect: 100-continue\r\n\r\n");
    const std::string late = client.read();
    BOOST_TEST(late.starts_with("HTTP/1.1 503 "));
    BOOST_TEST(late.find("Connection: close") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
