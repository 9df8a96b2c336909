#include "core/limits.hpp"
#include "tests/net/lone_client.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>

BOOST_AUTO_TEST_SUITE(session_rest)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

// On a reactor that refuses every check and is under the most pressure, for as long as it is told
// to be: its windows lie in a time that the session's clock does not come to.
struct refused_connection : test::lone_connection {
    static constexpr int in_line = 1'000;
    net::admission admits;
    net::admission::time_point window = std::chrono::steady_clock::now() + 24h;

    refused_connection() {
        host.admits = &admits;
        for (int n = 0; n < in_line; ++n) {
            admits.line_up(window);
        }
        admits.taken(1s, 16);
        while (admits.pressure() < net::refusal_pressure::most) {
            for (int n = 0; n < 1'000; ++n) {
                admits.judge(net::work_class::check, window);
            }
            admits.look(window += core::limits::queue_window);
        }
        BOOST_REQUIRE(admits.sheds());
    }
    void end_load() {
        for (int n = 1; n < in_line; ++n) {
            admits.left_line();
        }
        while (admits.sheds()) {
            admits.look(window += core::limits::queue_window);
        }
    }

    // What came when it asked once more; nothing while it is not read.
    std::string check() {
        ask("POST /check HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        return client.read();
    }
    static std::chrono::seconds told_to_wait(const std::string& refusal) {
        constexpr std::string_view field = "Retry-After: ";
        const std::size_t at = refusal.find(field);
        BOOST_REQUIRE(at != std::string::npos);
        return std::chrono::seconds{std::stoi(refusal.substr(at + field.size()))};
    }
    // Is refused until it is told to wait for more than two pieces of rest, and not for a whole
    // number of them. Returns the time it was told.
    std::chrono::seconds rests_long() {
        std::string refusal = check();
        std::chrono::seconds told = told_to_wait(refusal);
        for (int refusals = 1;
             refusals < 2 || told < 2 * net::rest_piece || told % net::rest_piece == 0s;
             ++refusals) {
            refusal = check();
            while (refusal.empty()) {
                pass(tick);
                refusal = client.read();
            }
            told = told_to_wait(refusal);
        }
        return told;
    }
};

constexpr std::chrono::milliseconds slack = 10 * test::lone_session::tick;  // each piece's rounding

}  // namespace

BOOST_FIXTURE_TEST_CASE(under_load_it_is_as_long_as_was_told, refused_connection) {
    const std::chrono::seconds told = rests_long();
    BOOST_TEST(check() == "");
    pass(told - slack);
    BOOST_TEST(client.read() == "");
    pass(slack);  // not longer
    BOOST_TEST(client.read().starts_with("HTTP/1.1 503 "));
}

BOOST_FIXTURE_TEST_CASE(it_is_over_with_its_piece_when_the_load_is, refused_connection) {
    const std::chrono::seconds told = rests_long();
    BOOST_TEST(check() == "");
    end_load();
    pass(told % net::rest_piece - slack);
    BOOST_TEST(client.read() == "");
    pass(slack);
    BOOST_TEST(client.read().starts_with("HTTP/1.1 200 "));
}

BOOST_FIXTURE_TEST_CASE(it_is_over_with_a_later_piece_when_the_load_is, refused_connection) {
    const std::chrono::seconds told = rests_long();
    BOOST_TEST(check() == "");
    pass(told % net::rest_piece + slack);
    BOOST_TEST(client.read() == "");
    end_load();
    pass(net::rest_piece - 2 * slack);
    BOOST_TEST(client.read() == "");
    pass(2 * slack);
    BOOST_TEST(client.read().starts_with("HTTP/1.1 200 "));
}

BOOST_AUTO_TEST_SUITE_END()
