// A new certificate under way: who is connected stays, who comes gets it, who comes back resumes.
#include "net/certificates.hpp"
#include "storage/private_file.hpp"
#include "tests/support/served_demo.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(reload)

namespace {

namespace fs = std::filesystem;

using tls_session = std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)>;

// One request; whether the connection went on from that session, and the session to come back with.
struct visit {
    bool resumed = false;
    tls_session session{nullptr, SSL_SESSION_free};
};

visit visit_server(std::uint16_t port, int version, SSL_SESSION* from) {
    visit v;
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_max_proto_version(context.get(), version);
    const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), SSL_free);
    if (from != nullptr) {
        SSL_set_session(tls.get(), from);
    }
    const int socket = connect_to(port);
    SSL_set_fd(tls.get(), socket);
    const std::string_view request = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";
    char answer[4'096];
    const bool answered =
        SSL_connect(tls.get()) == 1 &&
        SSL_write(tls.get(), request.data(), static_cast<int>(request.size())) > 0 &&
        SSL_read(tls.get(), answer, sizeof answer) > 0;  // and the ticket with it
    v.resumed = SSL_session_reused(tls.get()) == 1;
    v.session.reset(SSL_get1_session(tls.get()));
    SSL_shutdown(tls.get());
    ::close(socket);
    if (!answered) {
        throw std::runtime_error("not answered");
    }
    return v;
}

struct fixture {
    temporary_directory place;
    fs::path demo = place.path() / "demo";
    fs::path used = place.path() / "used";  // the pair that the server is told to use
    fs::path first = authority("first");
    fs::path second = authority("second");
    std::unique_ptr<server_process> server;

    fixture() {
        make_demo(demo, 1, 10);
        fs::create_directory(used);
        put(first);
        server = std::make_unique<server_process>(
            demo, std::vector<std::string>{"--certificate", (used / "server.pem").string(), "--key",
                                           (used / "server.key").string()});
    }
    fs::path authority(const std::string& name) {
        const fs::path dir = place.path() / name;
        fs::create_directories(dir / "keys");
        const auto now =
            std::chrono::time_point_cast<core::instant::duration>(std::chrono::system_clock::now());
        net::create_authority(dir, now);
        net::create_server_certificate(dir, "localhost", now);
        return dir;
    }
    void put(const fs::path& from) {
        constexpr auto over = fs::copy_options::overwrite_existing;
        fs::copy_file(from / "server.pem", used / "server.pem", over);
        fs::copy_file(from / "keys" / "server.key", used / "server.key", over);
    }
    https_client connect(const fs::path& trusted) {
        return {trusted / "ca.pem", server->clinic_port()};
    }
    bool is_served_by(const fs::path& authority) {
        try {
            return connect(authority).request("GET", "/status").status == 200;
        } catch (const std::exception&) {
            return false;
        }
    }
    response ask(const fs::path& trusted, std::string_view method, std::string_view target) {
        https_client admin(trusted / "ca.pem", server->admin_port());
        return admin.request(method, target, {{"Authorization", "Bearer " + operator_token(demo)}});
    }
    static bool becomes(const std::function<bool()>& condition) {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!condition()) {
            if (std::chrono::steady_clock::now() > patience) {
                return false;
            }
        }
        return true;
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(after_a_reload_newcomers_get_the_new_certificate_and_nobody_is_cut_off,
                        fixture) {
    https_client old = connect(first);
    BOOST_TEST(old.request("GET", "/status").status == 200u);
    put(second);
    BOOST_TEST(is_served_by(first));  // not before it is asked to
    const response told = ask(first, "POST", "/admin/v1/reload");
    BOOST_TEST(told.status == 200u);
    BOOST_TEST(told.body.find("certificate_expires") != std::string::npos);
    for (int n = 0; n < 16; ++n) {  // all reactors
        BOOST_TEST(is_served_by(second));
        BOOST_TEST(!is_served_by(first));
    }
    BOOST_TEST(old.request("GET", "/status").status == 200u);
}

BOOST_FIXTURE_TEST_CASE(sighup_reloads_too, fixture) {
    put(second);
    server->signal(SIGHUP);
    BOOST_TEST(becomes([&] { return is_served_by(second); }));
    put(first);
    server->signal(SIGHUP);
    BOOST_TEST(becomes([&] { return is_served_by(first); }));
    BOOST_TEST(server->terminate() == 0);
}

BOOST_FIXTURE_TEST_CASE(a_pair_that_does_not_match_is_named_and_changes_nothing, fixture) {
    fs::copy_file(second / "server.pem", used / "server.pem", fs::copy_options::overwrite_existing);
    const response told = ask(first, "POST", "/admin/v1/reload");
    BOOST_TEST(told.status == 422u);
    BOOST_TEST(told.field("content-type") == "application/problem+json");
    BOOST_TEST(told.body.find("RELOAD_FAILED") != std::string::npos);
    BOOST_TEST(told.body.find("server.key is not that of certificate") != std::string::npos,
               told.body);
    server->signal(SIGHUP);
    BOOST_TEST(is_served_by(first));
    put(second);
    BOOST_TEST(ask(first, "POST", "/admin/v1/reload").status == 200u);
    BOOST_TEST(is_served_by(second));
}

BOOST_FIXTURE_TEST_CASE(only_the_operator_may_reload, fixture) {
    https_client admin(first / "ca.pem", server->admin_port());
    BOOST_TEST(admin.request("POST", "/admin/v1/reload").status == 401u);
}

BOOST_FIXTURE_TEST_CASE(the_time_of_expiry_is_a_figure, fixture) {
    const std::string name = "doseline_certificate_expiry_timestamp_seconds ";
    const std::string all = ask(first, "GET", "/metrics").body;
    const std::size_t at = all.find("\n" + name);
    BOOST_REQUIRE(at != std::string::npos);
    const double expires = std::stod(all.substr(at + 1 + name.size()));
    const double days = (expires - static_cast<double>(::time(nullptr))) / 86'400;
    BOOST_TEST(days > 395);
    BOOST_TEST(days < 397);
}

// Sixteen connections over both reactors: one that did not know the others' keys would show.
BOOST_FIXTURE_TEST_CASE(a_session_is_resumed_on_any_reactor_and_over_a_reload, fixture) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        visit last = visit_server(server->clinic_port(), version, nullptr);
        BOOST_TEST(!last.resumed);
        for (int n = 0; n < 16; ++n) {
            last = visit_server(server->clinic_port(), version, last.session.get());
            BOOST_TEST(last.resumed);
        }
        BOOST_TEST(ask(first, "POST", "/admin/v1/reload").status == 200u);
        BOOST_TEST(visit_server(server->clinic_port(), version, last.session.get()).resumed);
    }
}

BOOST_FIXTURE_TEST_CASE(no_session_outlives_the_process, fixture) {
    const visit before = visit_server(server->clinic_port(), TLS1_3_VERSION, nullptr);
    BOOST_TEST(server->terminate() == 0);
    server = std::make_unique<server_process>(demo);
    BOOST_TEST(!visit_server(server->clinic_port(), TLS1_3_VERSION, before.session.get()).resumed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
