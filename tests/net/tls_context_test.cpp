#include "net/tls_context.hpp"

#include "net/certificates.hpp"
#include "storage/openssl.hpp"
#include "storage/private_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>

#include <filesystem>
#include <string>

BOOST_AUTO_TEST_SUITE(tls_context)

using namespace doseline;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct fixture {
    test::temporary_directory dir;
    fs::path certificate = dir.path() / "server.pem";
    fs::path key = dir.path() / "keys" / "server.key";
    core::instant now =
        std::chrono::time_point_cast<core::instant::duration>(std::chrono::system_clock::now());

    fixture() {
        storage::make_private_directory(dir.path() / "keys");
        net::create_authority(dir.path(), now);
        net::create_server_certificate(dir.path(), "localhost", now);
    }

    std::string refusal_of(auto&& act) const {
        try {
            act();
        } catch (const std::exception& e) {
            return e.what();
        }
        return "nothing";
    }
    void check_refused(net::tls_context& context, const fs::path& file, const std::string& why) {
        const auto before = context.get();
        const std::string said = refusal_of([&] { context.reload(); });
        BOOST_TEST(said.find(file.string()) != std::string::npos, said);
        BOOST_TEST(said.find(why) != std::string::npos, said);
        BOOST_TEST(said.find('\n') == std::string::npos, said);
        BOOST_TEST((context.get() == before));
        BOOST_TEST(refusal_of([&] { net::tls_context(certificate, key); }) == said);
    }
    void write(const fs::path& file, const std::string& text) {
        storage::write_file(file, text, storage::private_mode);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_reload_takes_the_new_pair_and_keeps_the_old_for_who_has_it, fixture) {
    net::tls_context context(certificate, key);
    const auto before = context.get();
    net::create_server_certificate(dir.path(), "localhost", now + 24h);
    context.reload();
    BOOST_TEST((context.get() != before));
    // Issued a day earlier than it says; the last second counts.
    BOOST_TEST((context.expires() == std::chrono::floor<std::chrono::seconds>(
                                         now + net::server_certificate_lifetime - 1s)));
}

BOOST_FIXTURE_TEST_CASE(a_bad_file_is_named_and_changes_nothing, fixture) {
    net::tls_context context(certificate, key);
    const std::string good_certificate = storage::read_file(certificate, 16'384);
    const std::string good_key = storage::read_file(key, 16'384);

    fs::remove(certificate);
    check_refused(context, certificate, "does not exist");
    write(certificate, "");
    check_refused(context, certificate, "no certificate");
    write(certificate, good_key);
    check_refused(context, certificate, "no certificate");
    write(certificate, good_certificate + "-----BEGIN CERTIFICATE-----\nno base 64!");
    check_refused(context, certificate, "damaged");
    write(certificate, good_certificate);

    fs::remove(key);
    check_refused(context, key, "does not exist");
    write(key, good_certificate);
    check_refused(context, key, "no private key");
    fs::remove(key);
    fs::create_directory(key);
    BOOST_TEST(refusal_of([&] { context.reload(); }).find(key.string()) != std::string::npos);
    fs::remove(key);
    net::create_server_certificate(dir.path(), "localhost", now);
    write(certificate, good_certificate);
    check_refused(context, key, "is not that of certificate " + certificate.string());

    net::create_server_certificate(dir.path(), "localhost", now);
    BOOST_CHECK_NO_THROW(context.reload());
}

BOOST_FIXTURE_TEST_CASE(a_certificate_out_of_its_time_is_refused, fixture) {
    net::tls_context context(certificate, key);
    net::create_server_certificate(dir.path(), "localhost", now - 24h * 397);
    check_refused(context, certificate, "has expired");
    net::create_server_certificate(dir.path(), "localhost", now + 24h * 3);
    check_refused(context, certificate, "not valid yet");
}

BOOST_FIXTURE_TEST_CASE(a_key_with_a_passphrase_is_refused_and_nobody_is_asked, fixture) {
    net::tls_context context(certificate, key);
    namespace openssl = storage::openssl;
    const openssl::handle<BIO, BIO_free_all> in(BIO_new_file(key.c_str(), "r"));
    const openssl::pkey read(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    const openssl::handle<BIO, BIO_free_all> out(BIO_new_file(key.c_str(), "w"));
    PEM_write_bio_PrivateKey(out.get(), read.get(), EVP_aes_256_cbc(),
                             reinterpret_cast<const unsigned char*>("secret"), 6, nullptr, nullptr);
    BIO_flush(out.get());
    check_refused(context, key, "passphrase");
}

BOOST_AUTO_TEST_SUITE_END()
