// Clients that come, ask and go, a tenth of them cut at a random byte: afterwards the server holds
// what it held before.
#include "tests/support/anonymous_memory.hpp"
#include "tests/support/descriptor_tables.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/support/served_demo.hpp"

#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <random>
#include <stdexcept>

namespace doseline::test {

namespace {

boost::test_tools::assertion_result may_look(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result root(::geteuid() == 0);
    root.message() << "only root may count another process's descriptors";
    return root;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(churn, *boost::unit_test::precondition(may_look))

namespace {

// DOSELINE_CYCLES=200000 for a long run.
unsigned cycles() {
    const char* const given = std::getenv("DOSELINE_CYCLES");
    return given == nullptr ? 2'000 : static_cast<unsigned>(std::stoul(given));
}

std::mt19937 seeded() {
    const char* const given = std::getenv("DOSELINE_SEED");
    const unsigned seed =
        given == nullptr ? std::random_device{}() : static_cast<unsigned>(std::stoul(given));
    BOOST_TEST_MESSAGE("DOSELINE_SEED=" << seed);
    return std::mt19937(seed);
}

using tls_context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

// TLS in memory, so that what reaches the socket can end at any byte.
class short_visit {
public:
    short_visit(SSL_CTX* context, std::uint16_t port)
        : tls_(SSL_new(context), SSL_free), socket_(connect_to(port)) {
        in_ = BIO_new(BIO_s_mem());
        out_ = BIO_new(BIO_s_mem());
        SSL_set_bio(tls_.get(), in_, out_);
        SSL_set_connect_state(tls_.get());
    }
    ~short_visit() { ::close(socket_); }
    short_visit(const short_visit&) = delete;
    short_visit& operator=(const short_visit&) = delete;

    // Sends the request and reads the answer's first bytes; false when bytes_max were sent before
    // that, and no more is.
    bool ask(std::string_view request, std::size_t bytes_max) {
        left_ = bytes_max;
        bool sent = false;
        std::array<char, 64> answer;
        for (;;) {
            sent =
                sent || SSL_write(tls_.get(), request.data(), static_cast<int>(request.size())) > 0;
            if (!flush()) {
                return false;
            }
            if (sent && SSL_read(tls_.get(), answer.data(), static_cast<int>(answer.size())) > 0) {
                return true;
            }
            receive();
        }
    }
    void reset() const {
        const linger at_once{1, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    void say_goodbye() {
        SSL_shutdown(tls_.get());
        flush();
    }

private:
    bool flush() {
        std::array<char, 2'048> some;
        for (int got; (got = BIO_read(out_, some.data(), static_cast<int>(some.size()))) > 0;) {
            const std::size_t may = std::min(left_, static_cast<std::size_t>(got));
            if (may > 0 && ::send(socket_, some.data(), may, MSG_NOSIGNAL) < 0) {
                throw std::runtime_error("the server has closed");
            }
            left_ -= may;
            if (may < static_cast<std::size_t>(got)) {
                return false;
            }
        }
        return true;
    }
    void receive() {
        std::array<char, 4'096> some;
        const ssize_t got = ::recv(socket_, some.data(), some.size(), 0);
        if (got <= 0) {
            throw std::runtime_error("the server has closed or does not answer");
        }
        BIO_write(in_, some.data(), static_cast<int>(got));
    }

    std::unique_ptr<SSL, decltype(&SSL_free)> tls_;
    BIO* in_ = nullptr;   // tls_'s
    BIO* out_ = nullptr;  // likewise
    const int socket_;
    std::size_t left_ = 0;
};

struct server_figures {
    std::int64_t memory_kib = 0;
    std::map<std::string, std::size_t> descriptors;
};

server_figures figures_of(const served_demo& demo) {
    const pid_t pid = demo.process().pid();
    server_figures f{anonymous_kib(pid), descriptors_by_thread(pid)};
    // The fewest that are seen: the anchor's file is opened once a second, and the operator's last
    // connection may just be closing.
    for (int looks = 0; looks < 200; ++looks) {
        for (const auto& [thread, open] : descriptors_by_thread(pid)) {
            f.descriptors[thread] = std::min(f.descriptors[thread], open);
        }
    }
    return f;
}

}  // namespace

BOOST_AUTO_TEST_CASE(who_has_gone_leaves_nothing_behind) {
    std::mt19937 random = seeded();
    const served_demo demo;
    const tls_context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    const std::string status = "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const std::string check = demo.check_request();
    unsigned cut = 0;
    unsigned answered = 0;
    const auto visit = [&] {
        const bool to_be_cut = random() % 10 == 0;
        short_visit v(context.get(), demo.process().clinic_port());
        const std::string& request = random() % 2 == 0 ? status : check;
        const std::size_t most = to_be_cut ? random() % 600 : 1u << 20;
        const bool done = v.ask(request, most);
        done ? ++answered : ++cut;
        if (done && random() % 2 == 0) {
            v.say_goodbye();
        } else if (random() % 2 == 0) {
            v.reset();
        }
    };
    const auto all_gone = [&] { return demo.metric_becomes("doseline_connections", 0); };

    const unsigned all = cycles();
    for (unsigned n = 0; n < all / 2; ++n) {  // what the server keeps for all of them
        visit();
    }
    BOOST_TEST_REQUIRE(all_gone());
    const server_figures before = figures_of(demo);
    for (unsigned n = all / 2; n < all; ++n) {
        visit();
    }
    BOOST_TEST_REQUIRE(all_gone());
    const server_figures after = figures_of(demo);
    BOOST_TEST_MESSAGE(answered << " answered, " << cut << " cut; RssAnon " << before.memory_kib
                                << " KiB, then " << after.memory_kib);
    BOOST_TEST(cut > all / 30);
    BOOST_TEST((after.descriptors == before.descriptors));
    // The tables of persons and holds grow with the checks; nothing else may.
    BOOST_TEST((sanitized || after.memory_kib - before.memory_kib < 2'048));
    BOOST_TEST(demo.metric("doseline_inbox_events") == 0);
    BOOST_TEST(demo.clinic_client().request("GET", "/status").status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace doseline::test
