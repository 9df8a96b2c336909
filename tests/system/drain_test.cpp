#include "core/limits.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/served_demo.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <signal.h>

#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

BOOST_AUTO_TEST_SUITE(drain)

using namespace doseline;
using namespace std::chrono_literals;
using test::https_client;
using test::response;
using test::served_demo;

namespace {

const std::string status_request = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct served {
    test::temporary_directory scratch;
    served_demo demo{test::test_binary()};

    // Until let_go(); or a minute.
    void hold_up_commits() const {
        const std::string body = R"({"milliseconds":60000,"until":")" + answers().string() + "\"}";
        BOOST_REQUIRE(demo.as_operator("POST", "/admin/v1/test/stall", body).status == 200u);
    }
    void let_go() const { std::ofstream{answers()}; }
    std::filesystem::path answers() const { return scratch.path() / "answers"; }

    // A connection on which a check waits for its commit: the answer to what came before it in the
    // same bytes shows that the server has taken it.
    https_client with_a_check_under_way() const {
        https_client client = demo.clinic_client();
        client.send(status_request + demo.check_request());
        BOOST_REQUIRE(client.receive().status == 200u);
        return client;
    }

    bool listens() const {
        try {
            const test::raw_socket anyone(demo.process().clinic_port());
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }

    // Not only told to: every reactor has stopped listening.
    void wait_until_draining() const {
        https_client admin = demo.admin_client();
        const auto patience = std::chrono::steady_clock::now() + 15s;
        while (admin.request("GET", "/readyz").status != 503 || listens()) {
            BOOST_REQUIRE(std::chrono::steady_clock::now() < patience);
        }
    }
};

bool has_something_to_read(const https_client& client) {
    pollfd waiting{client.descriptor(), POLLIN, 0};
    return ::poll(&waiting, 1, 0) == 1;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(sigterm_closes_idle_connections_and_ends_in_order, served) {
    https_client fresh = demo.clinic_client();
    https_client used = demo.clinic_client();
    BOOST_TEST(used.request("GET", "/status").status == 200u);
    demo.process().signal(SIGTERM);
    BOOST_TEST(fresh.closed());
    BOOST_TEST(used.closed());
    BOOST_TEST(demo.process().wait() == 0);
    BOOST_CHECK_THROW(demo.clinic_client(), std::exception);
}

BOOST_FIXTURE_TEST_CASE(sigint_is_sigterm_of_a_keyboard, served) {
    demo.process().signal(SIGINT);
    BOOST_TEST(demo.process().wait() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_request_under_way_is_answered_before_the_end, served) {
    hold_up_commits();
    https_client client = with_a_check_under_way();
    demo.process().signal(SIGTERM);
    wait_until_draining();
    BOOST_TEST(!has_something_to_read(client));
    let_go();
    const response checked = client.receive();
    BOOST_TEST(checked.status == 200u);
    BOOST_TEST(checked.body.find("\"decision\"") != std::string::npos);
    BOOST_TEST(checked.field("connection") == "close");
    BOOST_TEST(client.closed());
    BOOST_TEST(demo.process().wait() == 0);
}

// Its header has come, which 100 shows; the body comes when nothing new is begun any more.
BOOST_FIXTURE_TEST_CASE(a_request_that_is_not_whole_yet_is_told_to_wait, served) {
    const std::string request = demo.check_request();
    const std::size_t body = request.find("\r\n\r\n") + 4;
    https_client client = demo.clinic_client();
    client.send(request.substr(0, body - 2) + "Expect: 100-continue\r\n\r\n");
    BOOST_REQUIRE(client.receive().status == 100u);
    demo.process().signal(SIGTERM);
    wait_until_draining();
    client.send(request.substr(body));
    const response told = client.receive();
    BOOST_TEST(told.status == 503u);
    BOOST_TEST(told.body.find("\"WAIT\"") != std::string::npos);
    BOOST_TEST(told.has("retry-after"));
    BOOST_TEST(client.closed());
    BOOST_TEST(demo.process().wait() == 0);
}

// The real twenty seconds: the commit comes back only when the server has given up waiting.
BOOST_FIXTURE_TEST_CASE(who_is_under_way_for_too_long_is_given_up, served) {
    hold_up_commits();
    https_client client = with_a_check_under_way();
    const auto began = std::chrono::steady_clock::now();
    demo.process().signal(SIGTERM);
    wait_until_draining();
    const auto gives_up = [&] {
        return demo.process().log().find("still busy at the end of the time allowed") !=
               std::string::npos;
    };
    const auto seconds = [&] { return (std::chrono::steady_clock::now() - began) / 1s; };
    while (!gives_up() && seconds() < 40) {
        std::this_thread::sleep_for(100ms);  // not for order: to leave the server the core
    }
    BOOST_TEST(gives_up());
    BOOST_TEST(seconds() >= core::limits::drain_timeout / 1s);
    BOOST_TEST(seconds() < 60);              // it is late where the machine is, too
    const response told = client.receive();  // the check may be recorded all the same
    BOOST_TEST(told.status == 503u);
    BOOST_TEST(told.body.find("\"WAIT\"") != std::string::npos);
    BOOST_TEST(client.closed());
    let_go();
    BOOST_TEST(demo.process().wait() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_second_sigterm_ends_at_once, served) {
    hold_up_commits();
    https_client client = with_a_check_under_way();
    const auto began = std::chrono::steady_clock::now();
    demo.process().signal(SIGTERM);
    wait_until_draining();
    BOOST_TEST(!has_something_to_read(client));
    demo.process().signal(SIGTERM);
    BOOST_TEST(demo.process().wait() == 128 + SIGTERM);
    const bool at_once =
        std::chrono::steady_clock::now() - began < 15s;  // a drain gives up after 20
    BOOST_TEST(at_once);
}

BOOST_FIXTURE_TEST_CASE(the_operators_drain_is_answered_and_ends_the_process, served) {
    https_client idle = demo.clinic_client();
    const response drained = demo.as_operator("POST", "/admin/v1/drain");
    BOOST_TEST(drained.status / 100 == 2u);
    BOOST_TEST(idle.closed());
    BOOST_TEST(demo.process().wait() == 0);
}

BOOST_FIXTURE_TEST_CASE(drain_is_the_operators_alone, served) {
    https_client admin = demo.admin_client();
    BOOST_TEST(admin.request("POST", "/admin/v1/drain").status == 401u);
    BOOST_TEST(admin.request("GET", "/readyz").status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()
