// Many connections at once, of which a third is cut: the server then needs what the others need.
#include "tests/support/anonymous_memory.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/served_demo.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace doseline::test {

BOOST_AUTO_TEST_SUITE(cut, *boost::unit_test::enable_if<!sanitized>())

namespace {

constexpr std::size_t connections = 3'000;

// The socket of a clinic that has asked once and is idle. What TLS needs at its end is let go: it
// is the server's that is looked at.
class idle_clinic {
public:
    idle_clinic(SSL_CTX* context, std::uint16_t port) : socket_(connect_to(port)) {
        const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context), SSL_free);
        SSL_set_fd(tls.get(), socket_);
        constexpr std::string_view request = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";
        std::array<char, 4'096> answer;
        if (SSL_connect(tls.get()) != 1 ||
            SSL_write(tls.get(), request.data(), static_cast<int>(request.size())) <= 0 ||
            SSL_read(tls.get(), answer.data(), static_cast<int>(answer.size())) <= 0) {
            ::close(socket_);
            throw std::runtime_error("the server does not answer");
        }
    }
    idle_clinic(idle_clinic&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
    idle_clinic& operator=(idle_clinic&& other) noexcept {
        std::swap(socket_, other.socket_);
        return *this;
    }
    ~idle_clinic() {  // by a reset
        const linger at_once{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(socket_);
    }

private:
    int socket_;
};

struct served_clinics {
    const served_demo demo;
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{
        SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    std::vector<idle_clinic> clinics;

    void come(std::size_t many) {
        for (std::size_t n = 0; n < many; ++n) {
            clinics.emplace_back(context.get(), demo.process().clinic_port());
        }
        BOOST_TEST_REQUIRE(all_others_are_gone());
    }
    bool all_others_are_gone() const {
        return demo.metric_becomes("doseline_connections", static_cast<double>(clinics.size()));
    }
    double memory() const { return static_cast<double>(anonymous_kib(demo.process().pid())); }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(the_memory_of_a_third_at_random_goes_back, served_clinics) {
    const unsigned seed = std::random_device{}();
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    come(100);  // what the server keeps for all of them
    clinics.clear();
    BOOST_TEST_REQUIRE(all_others_are_gone());
    const double before = memory();
    come(connections);
    const double of_all = memory() - before;
    BOOST_TEST_MESSAGE("KiB of a connection: " << of_all / connections);
    BOOST_TEST(of_all / connections < 17);

    std::shuffle(clinics.begin(), clinics.end(), random);
    clinics.erase(clinics.begin() + 2 * connections / 3, clinics.end());
    BOOST_TEST_REQUIRE(all_others_are_gone());
    const double of_the_rest = memory() - before;
    BOOST_TEST_MESSAGE("the rest has " << of_the_rest / of_all * 3 / 2
                                       << " times of what it needs");
    BOOST_TEST(of_the_rest <= of_all * 2 / 3 * 1.15);

    come(connections / 3);  // who comes then gets what the others have left
    BOOST_TEST(memory() - before <= of_all * 1.05);
    clinics.clear();
    BOOST_TEST_REQUIRE(all_others_are_gone());
    BOOST_TEST(memory() - before <= of_all * 0.15);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
