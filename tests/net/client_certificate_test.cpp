#include "net/client_certificate.hpp"

#include "net/certificates.hpp"
#include "storage/openssl.hpp"
#include "storage/private_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <limits>
#include <string>

BOOST_AUTO_TEST_SUITE(client_certificate)

using namespace doseline;
using namespace std::chrono_literals;
namespace openssl = storage::openssl;

namespace {

using certificate = openssl::handle<X509, X509_free>;
using memory_file = openssl::handle<BIO, BIO_free_all>;

constexpr core::instant now{1'475'539'200s};

certificate read(const std::string& pem) {
    const memory_file file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return certificate(PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
}

// With that alternative name and nothing else.
certificate named(const std::string& alternative) {
    certificate made(X509_new());
    ASN1_TIME_set(X509_getm_notBefore(made.get()), 0);
    ASN1_TIME_set(X509_getm_notAfter(made.get()), 4'000'000'000);
    const openssl::handle<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_nconf_nid(nullptr, nullptr, NID_subject_alt_name, alternative.c_str()));
    BOOST_REQUIRE(extension != nullptr);
    X509_add_ext(made.get(), extension.get(), -1);
    return made;
}

struct fixture {
    test::temporary_directory dir;
    net::device_claims claims{12'345'678, 7, now, now + 24h * 400};

    fixture() {
        storage::make_private_directory(dir.path() / "keys");
        net::create_authority(dir.path(), now);
        net::create_server_certificate(dir.path(), "localhost", now);
    }
    certificate issue(const net::device_claims& c) const {
        return read(net::issue_client_certificate(dir.path(), c));
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_was_issued_is_read, fixture) {
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    for (const auto& [clinic, device] :
         {std::pair{12'345'678u, 7u}, {0u, 0u}, {99'999'999u, most}}) {
        const certificate made = issue({clinic, device, now, now + 24h * 400});
        const auto found = net::read_client_certificate(*made, now);
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(found->clinic_code == clinic);
        BOOST_TEST(found->device == device);
        BOOST_TEST((found->expires_at == now + 24h * 400));
    }
}

BOOST_FIXTURE_TEST_CASE(it_lives_to_the_last_millisecond_before_it_expires, fixture) {
    const certificate made = issue(claims);
    BOOST_TEST(net::read_client_certificate(*made, claims.expires_at - 1ms).has_value());
    BOOST_TEST(
        (net::read_client_certificate(*made, claims.expires_at).error() == core::errc::expired));
}

BOOST_FIXTURE_TEST_CASE(it_is_for_clients_alone_and_brings_its_key, fixture) {
    const std::string pem = net::issue_client_certificate(dir.path(), claims);
    const certificate made = read(pem);
    BOOST_TEST(X509_get_extended_key_usage(made.get()) == static_cast<unsigned>(XKU_SSL_CLIENT));
    BOOST_TEST(X509_check_ca(made.get()) == 0);
    const memory_file file(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const openssl::pkey key(PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, nullptr));
    BOOST_REQUIRE(key != nullptr);
    BOOST_TEST(X509_check_private_key(made.get(), key.get()) == 1);
}

BOOST_FIXTURE_TEST_CASE(the_servers_own_certificate_is_no_clients, fixture) {
    const certificate server = read(storage::read_file(dir.path() / "server.pem", 16'384));
    BOOST_TEST((net::read_client_certificate(*server, now).error() == core::errc::malformed));
}

BOOST_FIXTURE_TEST_CASE(another_address_names_no_device, fixture) {
    BOOST_TEST(net::read_client_certificate(*named("URI:doseline://clinic/12345678/device/7"), now)
                   .has_value());
    for (const char* const name :
         {"URI:doseline://clinic/12345678/device/", "URI:doseline://clinic/12345678/device/7x",
          "URI:doseline://clinic/12345678/device/-7",
          "URI:doseline://clinic/12345678/device/4294967296",
          "URI:doseline://clinic/1234567/device/7", "URI:doseline://clinic/1234567x/device/7",
          "URI:doseline://clinic/123456789/device/7", "URI:doseline://clinic/12345678",
          "URI:doseline://clinic/", "URI:http://clinic/12345678/device/7",
          "DNS:doseline://clinic/12345678/device/7",
          "URI:doseline://clinic/12345678/device/7,URI:doseline://clinic/12345678/device/8"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(
                (net::read_client_certificate(*named(name), now).error() == core::errc::malformed));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
