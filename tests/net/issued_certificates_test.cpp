#include "net/issued_certificates.hpp"

#include "net/certificates.hpp"
#include "net/tls_context.hpp"
#include "storage/private_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/ssl.h>

#include <string>
#include <thread>
#include <vector>

BOOST_AUTO_TEST_SUITE(issued_certificates)

using namespace doseline;
using namespace std::chrono_literals;

namespace {

const core::instant from{std::chrono::sys_days{std::chrono::year{2015} / 10 / 1}};

net::device_claims device(std::uint32_t number) { return {1'000'234, number, from, from + 24h}; }

struct fixture {
    test::temporary_directory dir;
    std::string list() const {
        return storage::read_file(dir.path() / "certificates.csv", 1u << 20);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_line_says_clinic_device_and_times, fixture) {
    net::create_issued_certificates(dir.path());
    net::note_issued_certificate(dir.path(), device(4'294'967'295));
    BOOST_TEST(list() ==
               "clinic,device,issued,expires\n"
               "01000234,4294967295,2015-10-01T00:00:00.000+00:00,2015-10-02T00:00:00.000+00:00\n");
}

BOOST_FIXTURE_TEST_CASE(an_empty_list_says_that_none_was_issued_and_no_list_does_not, fixture) {
    BOOST_TEST(!net::no_certificate_issued(dir.path()));
    net::create_issued_certificates(dir.path());
    BOOST_TEST(net::no_certificate_issued(dir.path()));
    net::note_issued_certificate(dir.path(), device(1));
    BOOST_TEST(!net::no_certificate_issued(dir.path()));
}

BOOST_FIXTURE_TEST_CASE(a_lost_list_begins_anew_with_its_header, fixture) {
    net::note_issued_certificate(dir.path(), device(1));
    BOOST_TEST(list().starts_with("clinic,device,issued,expires\n01000234,1,"));
}

BOOST_FIXTURE_TEST_CASE(many_at_once_lose_no_line, fixture) {
    std::vector<std::thread> consoles;
    for (std::uint32_t n = 0; n < 8; ++n) {
        consoles.emplace_back([&, n] {
            for (std::uint32_t i = 0; i < 5; ++i) {
                net::note_issued_certificate(dir.path(), device(n * 5 + i));
            }
        });
    }
    for (std::thread& t : consoles) {
        t.join();
    }
    const std::string all = list();
    BOOST_TEST(std::count(all.begin(), all.end(), '\n') == 41);
    BOOST_TEST(all.find("clinic", 1) == std::string::npos);
    for (int i = 0; i < 40; ++i) {
        BOOST_TEST(all.find("," + std::to_string(i) + ",2015") != std::string::npos, i);
    }
}

BOOST_FIXTURE_TEST_CASE(a_directory_that_is_not_there_is_named, fixture) {
    BOOST_CHECK_EXCEPTION(net::note_issued_certificate(dir.path() / "none", device(1)),
                          std::system_error, [](const auto& e) {
                              return std::string(e.what()).find("none/certificates.csv") !=
                                     std::string::npos;
                          });
}

BOOST_FIXTURE_TEST_CASE(clients_are_asked_from_the_first_one_on, fixture) {
    storage::make_private_directory(dir.path() / "keys");
    const auto now =
        std::chrono::time_point_cast<core::instant::duration>(std::chrono::system_clock::now());
    net::create_authority(dir.path(), now);
    net::create_server_certificate(dir.path(), "localhost", now);
    net::create_issued_certificates(dir.path());
    const net::tls_context context(dir.path() / "server.pem", dir.path() / "keys" / "server.key",
                                   dir.path());
    const auto asks = [&] { return SSL_CTX_get_verify_mode(context.get().get()); };
    BOOST_TEST(asks() == SSL_VERIFY_NONE);
    net::issue_client_certificate(dir.path(), device(1));
    BOOST_TEST(asks() == SSL_VERIFY_PEER);
    net::create_issued_certificates(dir.path());
    BOOST_TEST(asks() == SSL_VERIFY_PEER);  // what was issued is still shown
}

BOOST_AUTO_TEST_SUITE_END()
