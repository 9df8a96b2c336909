#include "tests/support/client_hello.hpp"
#include "tests/support/raw_socket.hpp"
#include "tests/support/served_demo.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <random>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(session)

using namespace doseline;
using test::client_hello;
using test::https_client;
using test::raw_socket;

namespace {

const std::string status_request = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";

// With the operator's call that holds up commits.
struct served {
    static test::served_demo& demo() {
        static test::served_demo one(test::test_binary());
        return one;
    }
    static std::uint16_t port() { return demo().process().clinic_port(); }

    // Whoever went away is forgotten, and whoever comes is served.
    static void recovers() {
        BOOST_TEST(demo().metric_becomes("doseline_connections", 0));
        https_client client = demo().clinic_client();
        BOOST_TEST(client.request("GET", "/status").status == 200u);
        BOOST_TEST(demo().metric("doseline_connections") == 1);
    }
};

struct handshake {
    std::string version;  // empty: failed
    int alert = 0;        // what the server said
};

// With exactly that version; at the lowest level of security, so that it is the server who refuses.
handshake shake_hands(std::uint16_t port, int version, const char* ciphers = "ALL:@SECLEVEL=0") {
    handshake made;
    SSL_CTX* const context = ::SSL_CTX_new(::TLS_client_method());
    ::SSL_CTX_set_min_proto_version(context, version);
    ::SSL_CTX_set_max_proto_version(context, version);
    ::SSL_CTX_set_cipher_list(context, ciphers);
    ::SSL_CTX_set_info_callback(context, [](const SSL* tls, int where, int what) {
        if (where == SSL_CB_READ_ALERT) {
            static_cast<handshake*>(SSL_get_app_data(tls))->alert = what & 0xff;
        }
    });
    SSL* const tls = ::SSL_new(context);
    SSL_set_app_data(tls, &made);
    raw_socket socket(port);
    ::SSL_set_fd(tls, socket.descriptor());
    if (::SSL_connect(tls) == 1) {
        made.version = ::SSL_get_version(tls);
    }
    ::SSL_free(tls);
    ::SSL_CTX_free(context);
    return made;
}

// Shakes hands but for the client's last flight, which is returned.
std::string last_flight(raw_socket& socket) {
    SSL_CTX* const context = ::SSL_CTX_new(::TLS_client_method());
    SSL* const tls = ::SSL_new(context);
    BIO* const come = ::BIO_new(::BIO_s_mem());
    BIO* const go = ::BIO_new(::BIO_s_mem());
    ::SSL_set_bio(tls, come, go);
    const auto written = [&] {
        char* bytes = nullptr;
        const long size = ::BIO_get_mem_data(go, &bytes);
        std::string all(bytes, static_cast<std::size_t>(size));
        static_cast<void>(BIO_reset(go));
        return all;
    };
    while (::SSL_connect(tls) != 1) {
        BOOST_REQUIRE(socket.send(written()));
        std::array<char, 4'096> piece;
        const ssize_t got = ::recv(socket.descriptor(), piece.data(), piece.size(), 0);
        BOOST_REQUIRE(got > 0);
        ::BIO_write(come, piece.data(), static_cast<int>(got));
    }
    const std::string last = written();
    ::SSL_free(tls);
    ::SSL_CTX_free(context);
    return last;
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(tls_1_2_and_1_3_are_spoken, served) {
    BOOST_TEST(shake_hands(port(), TLS1_2_VERSION).version == "TLSv1.2");
    BOOST_TEST(shake_hands(port(), TLS1_3_VERSION).version == "TLSv1.3");
    https_client::options old;
    old.tls_version_max = TLS1_2_VERSION;
    https_client client = demo().clinic_client(old);
    BOOST_TEST(client.request("GET", "/status").status == 200u);
    BOOST_TEST(client.request("GET", "/status").status == 200u);
}

BOOST_FIXTURE_TEST_CASE(older_versions_are_refused_by_name, served) {
    constexpr int protocol_version = 70;  // the alert, RFC 8446, 6
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        const handshake made = shake_hands(port(), version);
        BOOST_TEST(made.version == "");
        BOOST_TEST(made.alert == protocol_version);
    }
    recovers();
}

BOOST_FIXTURE_TEST_CASE(tls_1_2_without_forward_secrecy_or_aead_is_refused, served) {
    for (const char* ciphers :
         {"ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0", "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0",
          "AES128-GCM-SHA256:@SECLEVEL=0"}) {
        const handshake made = shake_hands(port(), TLS1_2_VERSION, ciphers);
        BOOST_TEST_CONTEXT(ciphers) {
            BOOST_TEST(made.version == "");
            BOOST_TEST(made.alert != 0);
        }
    }
    BOOST_TEST(shake_hands(port(), TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256").version ==
               "TLSv1.2");
}

BOOST_FIXTURE_TEST_CASE(a_connection_is_kept_for_many_requests, served) {
    const double before = demo().metric("doseline_handshakes_total");
    https_client client = demo().clinic_client();
    for (int n = 0; n < 500; ++n) {
        BOOST_REQUIRE(client.request("GET", "/status").status == 200u);
    }
    BOOST_TEST(demo().metric("doseline_handshakes_total") == before + 1);
}

BOOST_FIXTURE_TEST_CASE(who_has_nothing_more_to_say_is_still_answered, served) {
    https_client client = demo().clinic_client();
    client.send(demo().check_request() + status_request);
    client.shut_down_sending();
    BOOST_TEST(client.receive().body.find("\"decision\"") != std::string::npos);
    BOOST_TEST(client.receive().status == 200u);
    BOOST_TEST(client.closed());
    recovers();
}

BOOST_FIXTURE_TEST_CASE(half_a_request_is_never_answered, served) {
    for (const std::string& half :
         {std::string("GET /status HT"), status_request.substr(0, status_request.size() - 1),
          demo().check_request().substr(0, 200)}) {
        https_client client = demo().clinic_client();
        client.send(half);
        client.shut_down_sending();
        BOOST_TEST(client.closed());
    }
    recovers();
}

BOOST_FIXTURE_TEST_CASE(a_request_that_comes_byte_by_byte_is_answered, served) {
    https_client client = demo().clinic_client();
    for (const char c : demo().check_request()) {
        client.send(std::string_view(&c, 1));
    }
    BOOST_TEST(client.receive().body.find("\"decision\"") != std::string::npos);
    client.send(status_request);
    BOOST_TEST(client.receive().status == 200u);
}

BOOST_FIXTURE_TEST_CASE(a_handshake_that_comes_byte_by_byte_is_answered, served) {
    raw_socket client(port());
    for (const char c : client_hello()) {
        BOOST_REQUIRE(client.send(std::string_view(&c, 1)));
    }
    char first = 0;
    BOOST_REQUIRE(::recv(client.descriptor(), &first, 1, 0) == 1);
    BOOST_TEST(int{first} == 22);  // a handshake record, no alert
}

BOOST_FIXTURE_TEST_CASE(resets_in_a_handshake_cost_nothing, served) {
    const std::string hello = client_hello();
    for (const std::size_t bytes :
         {std::size_t{0}, std::size_t{1}, std::size_t{5}, hello.size() / 2, hello.size()}) {
        raw_socket client(port());
        BOOST_TEST(client.send(hello.substr(0, bytes)));
        client.reset();
    }
    recovers();
}

BOOST_FIXTURE_TEST_CASE(resets_between_and_within_requests_cost_nothing, served) {
    const std::string check = demo().check_request();
    for (std::size_t bytes = 0; bytes < check.size(); bytes += 7) {
        https_client client = demo().clinic_client();
        client.send(check.substr(0, bytes));
        client.reset();
    }
    recovers();
}

// A server that stands still meanwhile is told of the last bytes and of the end at once, and
// nothing is told twice: here, when the handshake is over and nobody is left who could ask.
BOOST_FIXTURE_TEST_CASE(an_end_that_comes_with_the_last_bytes_is_seen, served) {
    for (const bool reset : {false, true}) {
        raw_socket socket(port());
        const std::string last = last_flight(socket);
        demo().process().signal(SIGSTOP);
        BOOST_TEST(socket.send(last));
        reset ? socket.reset() : static_cast<void>(::shutdown(socket.descriptor(), SHUT_WR));
        demo().process().signal(SIGCONT);
        BOOST_TEST(demo().metric_becomes("doseline_connections", 0));
    }
}

// The first answer shows that the second request is in the server's hands; its commit is held up.
BOOST_FIXTURE_TEST_CASE(resets_while_an_answer_is_under_way_cost_nothing, served) {
    const auto stalled =
        demo().as_operator("POST", "/admin/v1/test/stall", R"({"milliseconds":300})");
    BOOST_TEST(stalled.status == 200u);
    for (int n = 0; n < 20; ++n) {
        https_client client = demo().clinic_client();
        client.send(status_request + demo().check_request());
        BOOST_TEST(client.receive().status == 200u);
        client.reset();
    }
    recovers();
    https_client client = demo().clinic_client();
    client.send(demo().check_request());
    BOOST_TEST(client.receive().status == 200u);
}

BOOST_FIXTURE_TEST_CASE(a_reset_while_answers_are_written_costs_nothing, served) {
    std::string many;
    for (int n = 0; n < 2'000; ++n) {
        many += status_request;
    }
    https_client client = demo().clinic_client();
    client.send(many);
    BOOST_TEST(client.receive().status == 200u);
    client.reset();
    recovers();
}

BOOST_FIXTURE_TEST_CASE(garbage_instead_of_tls_is_closed, served) {
    constexpr unsigned seed = 20'161'003;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    const std::string hello = client_hello();
    for (int n = 0; n < 200; ++n) {
        std::string bytes = hello;
        if (n % 2 == 0) {
            bytes.resize(random() % 600 + 1);
            for (char& c : bytes) {
                c = static_cast<char>(random());
            }
        } else {
            for (int flips = 0; flips < 5; ++flips) {
                bytes[random() % bytes.size()] = static_cast<char>(random());
            }
        }
        raw_socket client(port());
        client.send(bytes);
        ::shutdown(client.descriptor(), SHUT_WR);
        BOOST_REQUIRE_NO_THROW(client.read_to_end());
    }
    recovers();
}

BOOST_FIXTURE_TEST_CASE(garbage_in_the_middle_of_tls_ends_that_connection_alone, served) {
    https_client other = demo().clinic_client();
    for (const std::string& garbage :
         {std::string(100, 'x'), std::string("\x17\x03\x03\xff\xff") + std::string(100, 'x'),
          std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x')}) {
        https_client client = demo().clinic_client();
        BOOST_TEST(client.request("GET", "/status").status == 200u);
        BOOST_TEST(::send(client.descriptor(), garbage.data(), garbage.size(), MSG_NOSIGNAL) ==
                   static_cast<ssize_t>(garbage.size()));
        BOOST_TEST(client.closed());
        BOOST_TEST(other.request("GET", "/status").status == 200u);
    }
}

BOOST_AUTO_TEST_SUITE_END()
