// Behind a balancer: whose address counts.
#include "tests/system/consoles.hpp"
#include "tests/system/season.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>
#include <unistd.h>

#include <memory>
#include <optional>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(proxy_protocol)

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
const std::string local = signature + std::string("\x20\0\0\0", 4);

// A connection that 192.0.2.last has made to a balancer.
std::string from(char last) {
    return signature + std::string("\x21\x11\0\x0c", 4) + std::string("\xc0\0\2", 3) + last +
           std::string("\x0a\0\0\1\xd4\x31\x20\xfb", 8);
}

struct fixture {
    temporary_directory place;
    std::filesystem::path demo = place.path() / "demo";
    std::unique_ptr<server_process> server;

    fixture() { make_demo(demo, 1, 1); }

    void serve(const std::string& balancers) {
        const auto config = place.path() / "serve.toml";
        write_file(config, "proxy_protocol_from = [" + balancers + "]\n");
        server = std::make_unique<server_process>(
            demo, std::vector<std::string>{"--config", config.string()});
    }

    // The status of a wrong enrolment code, sent behind that header; none when the connection is
    // refused. Wrong codes are counted by address.
    std::optional<unsigned> try_code(const std::string& header) {
        const std::string body = R"({"code":"AAAAA-AAAAA-AAAAA-AAAAA-AAAAA"})";
        const std::string request =
            "POST /v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            "Content-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body;
        const int socket = connect_to(server->clinic_port());
        const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
            SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
        const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), SSL_free);
        SSL_set_fd(tls.get(), socket);
        char answer[4'096] = {};
        const bool answered =
            ::write(socket, header.data(), header.size()) == static_cast<ssize_t>(header.size()) &&
            SSL_connect(tls.get()) == 1 &&
            SSL_write(tls.get(), request.data(), static_cast<int>(request.size())) > 0 &&
            SSL_read(tls.get(), answer, sizeof answer - 1) > 0;
        ::close(socket);
        return answered ? std::optional(static_cast<unsigned>(std::stoul(answer + 9)))
                        : std::nullopt;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(limits_count_the_clients_address_and_not_the_balancers, fixture) {
    serve("\"10.0.0.0/8\", \"127.0.0.0/8\"");
    for (char last = 1; last <= 40; ++last) {
        BOOST_TEST((try_code(from(last)) == 401u));
    }
    std::optional<unsigned> same;
    for (int n = 0; n < 40 && same != 429u; ++n) {
        same = try_code(from(100));
    }
    BOOST_TEST((same == 429u));
    BOOST_TEST((try_code(from(101)) == 401u));
}

BOOST_FIXTURE_TEST_CASE(a_balancer_that_says_nothing_or_nonsense_is_closed, fixture) {
    serve("\"127.0.0.1\"");
    BOOST_TEST((try_code(local) == 401u));
    BOOST_TEST(!try_code("").has_value());
    BOOST_TEST(!try_code("PROXY TCP4 192.0.2.1 10.0.0.1 54321 8443\r\n").has_value());
    std::string version_3 = from(1);
    version_3[12] = 0x31;
    BOOST_TEST(!try_code(version_3).has_value());
    BOOST_TEST((try_code(from(1)) == 401u));
}

BOOST_FIXTURE_TEST_CASE(nobody_else_may_name_an_address, fixture) {
    serve("\"10.0.0.0/8\"");
    BOOST_TEST(!try_code(from(1)).has_value());
    BOOST_TEST((try_code("") == 401u));
}

BOOST_FIXTURE_TEST_CASE(a_wrong_list_is_told_with_its_place, fixture) {
    const auto config = place.path() / "serve.toml";
    for (const char* const list : {"\"10.0.0.0/8\"", "[\"10.0.0.1/8\"]", "[10]"}) {
        write_file(config, std::string("proxy_protocol_from = ") + list + "\n");
        check_failed(doseline({"serve", demo.string(), "--config", config.string()}), 1,
                     "serve.toml:1:");
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
