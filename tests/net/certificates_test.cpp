#include "net/certificates.hpp"

#include "storage/openssl.hpp"
#include "storage/private_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>
#include <string>

BOOST_AUTO_TEST_SUITE(certificates)

using namespace doseline;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace openssl = storage::openssl;

namespace {

using certificate = openssl::handle<X509, X509_free>;
using memory_file = openssl::handle<BIO, BIO_free_all>;

constexpr core::instant now{1'475'539'200s};

memory_file open_pem(const fs::path& path) {
    const std::string text = storage::read_file(path, 16'384);
    memory_file pem(BIO_new(BIO_s_mem()));
    BIO_write(pem.get(), text.data(), static_cast<int>(text.size()));
    return pem;
}

certificate read_certificate(const fs::path& path) {
    return certificate(PEM_read_bio_X509(open_pem(path).get(), nullptr, nullptr, nullptr));
}

openssl::pkey read_key(const fs::path& path) {
    return openssl::pkey(PEM_read_bio_PrivateKey(open_pem(path).get(), nullptr, nullptr, nullptr));
}

struct fixture {
    test::temporary_directory dir;
    fs::path ca = dir.path() / "ca.pem";
    fs::path server = dir.path() / "server.pem";

    fixture() {
        storage::make_private_directory(dir.path() / "keys");
        net::create_authority(dir.path(), now);
        net::create_server_certificate(dir.path(), "clinic-host.example", now);
    }

    int names() const {
        const certificate subject = read_certificate(server);
        const openssl::handle<GENERAL_NAMES, GENERAL_NAMES_free> found(static_cast<GENERAL_NAMES*>(
            X509_get_ext_d2i(subject.get(), NID_subject_alt_name, nullptr, nullptr)));
        return sk_GENERAL_NAME_num(found.get());
    }

    // As a TLS client that trusts ca.pem alone and holds certificates to the letter; X509_V_OK or
    // what is wrong. Null for a host or address that is not looked at.
    int verify(core::instant at, const char* host, const char* address = nullptr) const {
        const certificate subject = read_certificate(server);
        const openssl::handle<X509_STORE, X509_STORE_free> store(X509_STORE_new());
        X509_STORE_add_cert(store.get(), read_certificate(ca).get());
        const openssl::handle<X509_STORE_CTX, X509_STORE_CTX_free> context(X509_STORE_CTX_new());
        X509_STORE_CTX_init(context.get(), store.get(), subject.get(), nullptr);
        X509_STORE_CTX_set_default(context.get(), "ssl_server");
        X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(context.get());
        X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
        X509_VERIFY_PARAM_set_time(
            rules, std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
        if (host != nullptr) {
            X509_VERIFY_PARAM_set1_host(rules, host, 0);
        }
        if (address != nullptr) {
            X509_VERIFY_PARAM_set1_ip_asc(rules, address);
        }
        X509_verify_cert(context.get());
        return X509_STORE_CTX_get_error(context.get());
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_strict_client_accepts_each_name_of_the_server, fixture) {
    for (const char* const host : {"localhost", "clinic-host.example", "CLINIC-HOST.example"}) {
        BOOST_TEST_CONTEXT(host) { BOOST_TEST(verify(now, host) == X509_V_OK); }
    }
    for (const char* const address : {"127.0.0.1", "::1"}) {
        BOOST_TEST_CONTEXT(address) { BOOST_TEST(verify(now, nullptr, address) == X509_V_OK); }
    }
    BOOST_TEST(verify(now, "other.example") == X509_V_ERR_HOSTNAME_MISMATCH);
    BOOST_TEST(verify(now, nullptr, "127.0.0.2") == X509_V_ERR_IP_ADDRESS_MISMATCH);
}

BOOST_FIXTURE_TEST_CASE(the_server_certificate_holds_397_days_from_a_day_ago, fixture) {
    const core::instant from = now - 24h;
    const core::instant to = from + net::server_certificate_lifetime;
    BOOST_TEST(verify(from - 1s, "localhost") != X509_V_OK);
    BOOST_TEST(verify(from, "localhost") == X509_V_OK);
    // OpenSSL takes the last second, which still counts, for the first that does not.
    BOOST_TEST(verify(to - 2s, "localhost") == X509_V_OK);
    BOOST_TEST(verify(to, "localhost") == X509_V_ERR_CERT_HAS_EXPIRED);
}

BOOST_FIXTURE_TEST_CASE(the_authority_signs_a_new_server_certificate_for_ten_years, fixture) {
    const core::instant late = now + net::authority_lifetime - 24h * 2;
    net::create_server_certificate(dir.path(), "localhost", late);
    BOOST_TEST(verify(late, "localhost") == X509_V_OK);
    BOOST_TEST(verify(now - 24h + net::authority_lifetime, "localhost") ==
               X509_V_ERR_CERT_HAS_EXPIRED);
}

BOOST_FIXTURE_TEST_CASE(another_authority_is_not_accepted, fixture) {
    net::create_authority(dir.path(), now);
    BOOST_TEST(verify(now, "localhost") != X509_V_OK);
    net::create_server_certificate(dir.path(), "localhost", now);
    BOOST_TEST(verify(now, "localhost") == X509_V_OK);
}

BOOST_FIXTURE_TEST_CASE(an_authority_may_sign_and_a_server_may_not, fixture) {
    const certificate authority = read_certificate(ca);
    const certificate leaf = read_certificate(server);
    BOOST_TEST(X509_check_ca(authority.get()) == 1);
    BOOST_TEST(X509_get_pathlen(authority.get()) == 0);
    BOOST_TEST(X509_check_ca(leaf.get()) == 0);
    BOOST_TEST(X509_get_key_usage(authority.get()) ==
               static_cast<unsigned>(KU_KEY_CERT_SIGN | KU_CRL_SIGN));
    BOOST_TEST(X509_get_key_usage(leaf.get()) == static_cast<unsigned>(KU_DIGITAL_SIGNATURE));
    BOOST_TEST(X509_get_extended_key_usage(leaf.get()) == static_cast<unsigned>(XKU_SSL_SERVER));
    for (const auto& [subject, nid] :
         {std::pair(authority.get(), NID_basic_constraints),
          std::pair(authority.get(), NID_key_usage), std::pair(leaf.get(), NID_basic_constraints),
          std::pair(leaf.get(), NID_key_usage)}) {
        const int at = X509_get_ext_by_NID(subject, nid, -1);
        BOOST_REQUIRE_GE(at, 0);
        BOOST_TEST(X509_EXTENSION_get_critical(X509_get_ext(subject, at)) == 1);
    }
}

BOOST_FIXTURE_TEST_CASE(each_key_is_p256_its_owners_alone_and_that_of_its_certificate, fixture) {
    for (const std::string name : {"ca", "server"}) {
        BOOST_TEST_CONTEXT(name) {
            const auto key_path = dir.path() / "keys" / (name + ".key");
            const auto certificate_path = dir.path() / (name + ".pem");
            const openssl::pkey key = read_key(key_path);
            BOOST_REQUIRE(key != nullptr);
            BOOST_TEST(
                X509_check_private_key(read_certificate(certificate_path).get(), key.get()) == 1);
            char group[32] = {};
            EVP_PKEY_get_group_name(key.get(), group, sizeof group, nullptr);
            BOOST_TEST(std::string(group) == "prime256v1");
            BOOST_TEST((fs::status(key_path).permissions() ==
                        (fs::perms::owner_read | fs::perms::owner_write)));
            BOOST_TEST((fs::status(certificate_path).permissions() ==
                        (fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read |
                         fs::perms::others_read)));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(serial_numbers_are_twenty_bytes_and_never_the_same, fixture) {
    const auto serial = [this] {
        const certificate leaf = read_certificate(server);
        const ASN1_INTEGER* const number = X509_get0_serialNumber(leaf.get());
        BOOST_TEST(ASN1_STRING_length(number) == 20);
        return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(number)), 20);
    };
    const std::string first = serial();
    net::create_server_certificate(dir.path(), "localhost", now);
    BOOST_TEST(serial() != first);
}

BOOST_FIXTURE_TEST_CASE(a_host_name_that_no_certificate_can_name_is_left_out, fixture) {
    for (const std::string& host :
         {std::string(), std::string("a,DNS:bank.example"), std::string("under_score"),
          std::string("한글"), std::string(".example"), std::string("a\0b", 3),
          std::string(254, 'a')}) {
        BOOST_TEST_CONTEXT(host) {
            net::create_server_certificate(dir.path(), host, now);
            BOOST_TEST(verify(now, "localhost") == X509_V_OK);
            BOOST_TEST(names() == 3);  // localhost and two addresses
        }
    }
}

BOOST_FIXTURE_TEST_CASE(an_authority_that_is_not_whole_signs_nothing, fixture) {
    test::temporary_directory other;
    storage::make_private_directory(other.path() / "keys");
    net::create_authority(other.path(), now);
    const auto key = dir.path() / "keys" / "ca.key";
    fs::remove(key);
    BOOST_CHECK_THROW(net::create_server_certificate(dir.path(), "localhost", now), std::exception);
    fs::copy_file(other.path() / "keys" / "ca.key", key);
    fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
    BOOST_CHECK_THROW(net::create_server_certificate(dir.path(), "localhost", now), std::exception);
    storage::write_file(key, "no key", storage::private_mode);
    BOOST_CHECK_THROW(net::create_server_certificate(dir.path(), "localhost", now), std::exception);
}

BOOST_AUTO_TEST_SUITE_END()
