#include "net/certificates.hpp"

#include "net/base64url.hpp"
#include "net/client_certificate.hpp"
#include "net/issued_certificates.hpp"
#include "storage/openssl.hpp"
#include "storage/private_file.hpp"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <span>
#include <string_view>
#include <vector>

namespace doseline::net {
namespace {

namespace openssl = storage::openssl;
using openssl::check;
using certificate = openssl::handle<X509, X509_free>;
using memory_file = openssl::handle<BIO, BIO_free_all>;

constexpr std::size_t pem_bytes_max = 16 * 1024;
constexpr std::size_t host_name_bytes_max = 253;
constexpr int serial_bits = 159;  // 20 bytes at most and positive, as RFC 5280 demands

// Old PCs have slow clocks: a certificate of today must not be one of tomorrow to them.
constexpr std::chrono::days backdated{1};

struct extension {
    int nid;
    const char* value;
};

constexpr std::array authority_extensions{
    extension{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    extension{NID_key_usage, "critical,keyCertSign,cRLSign"},
    extension{NID_subject_key_identifier, "hash"}};

constexpr std::array server_extensions{extension{NID_basic_constraints, "critical,CA:FALSE"},
                                       extension{NID_key_usage, "critical,digitalSignature"},
                                       extension{NID_ext_key_usage, "serverAuth"},
                                       extension{NID_subject_key_identifier, "hash"},
                                       extension{NID_authority_key_identifier, "keyid:always"}};

constexpr std::array client_extensions{extension{NID_basic_constraints, "critical,CA:FALSE"},
                                       extension{NID_key_usage, "critical,digitalSignature"},
                                       extension{NID_ext_key_usage, "clientAuth"},
                                       extension{NID_subject_key_identifier, "hash"},
                                       extension{NID_authority_key_identifier, "keyid:always"}};

openssl::pkey new_key() { return openssl::pkey(check(EVP_EC_gen("P-256"), "EVP_EC_gen")); }

// A serial number nobody can guess, dates, and the subject's key.
certificate new_certificate(EVP_PKEY* key, core::instant now, std::chrono::days lifetime) {
    certificate made(check(X509_new(), "X509_new"));
    check(X509_set_version(made.get(), X509_VERSION_3), "X509_set_version");
    const openssl::handle<BIGNUM, BN_free> serial(check(BN_new(), "BN_new"));
    check(BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), "BN_rand");
    check(BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(made.get())),
          "BN_to_ASN1_INTEGER");
    const auto from = std::chrono::floor<std::chrono::seconds>(now - backdated);
    check(ASN1_TIME_set(X509_getm_notBefore(made.get()), from.time_since_epoch().count()),
          "ASN1_TIME_set");
    // The last second counts in.
    const auto to = from + lifetime - std::chrono::seconds(1);
    check(ASN1_TIME_set(X509_getm_notAfter(made.get()), to.time_since_epoch().count()),
          "ASN1_TIME_set");
    check(X509_set_pubkey(made.get(), key), "X509_set_pubkey");
    return made;
}

void set_name(X509_NAME* name, const std::string& common_name) {
    const auto add = [name](const char* field, const std::string& text) {
        check(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, openssl::bytes(text),
                                         static_cast<int>(text.size()), -1, 0),
              "X509_NAME_add_entry_by_txt");
    };
    add("O", "Doseline");
    add("CN", common_name);
}

void extend(X509* subject, X509* issuer, std::span<const extension> extensions) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, subject, nullptr, nullptr, 0);
    for (const extension& e : extensions) {
        const openssl::handle<X509_EXTENSION, X509_EXTENSION_free> made(
            check(X509V3_EXT_nconf_nid(nullptr, &context, e.nid, e.value), "X509V3_EXT_nconf_nid"));
        check(X509_add_ext(subject, made.get(), -1), "X509_add_ext");
    }
}

bool is_dns_name(std::string_view name) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    return !name.empty() && name.size() <= host_name_bytes_max &&
           name.find_first_not_of(allowed) == std::string_view::npos && name.front() != '.' &&
           name.front() != '-';
}

void add_alternative(GENERAL_NAMES* names, int type, ASN1_STRING* value) {
    GENERAL_NAME* const name = check(GENERAL_NAME_new(), "GENERAL_NAME_new");
    GENERAL_NAME_set0_value(name, type, value);
    if (sk_GENERAL_NAME_push(names, name) == 0) {
        GENERAL_NAME_free(name);
        openssl::fail("sk_GENERAL_NAME_push");
    }
}

void add_alternatives(X509* subject, const std::vector<std::string>& hosts) {
    const openssl::handle<GENERAL_NAMES, GENERAL_NAMES_free> names(
        check(GENERAL_NAMES_new(), "GENERAL_NAMES_new"));
    for (const std::string& host : hosts) {
        ASN1_IA5STRING* const text = check(ASN1_IA5STRING_new(), "ASN1_IA5STRING_new");
        add_alternative(names.get(), GEN_DNS, text);
        check(ASN1_STRING_set(text, host.data(), static_cast<int>(host.size())), "ASN1_STRING_set");
    }
    for (const char* const address : {"127.0.0.1", "::1"}) {
        add_alternative(names.get(), GEN_IPADD, check(a2i_IPADDRESS(address), "a2i_IPADDRESS"));
    }
    check(X509_add1_ext_i2d(subject, NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT),
          "X509_add1_ext_i2d");
}

void sign(X509* subject, EVP_PKEY* issuer_key) {
    if (X509_sign(subject, issuer_key, EVP_sha256()) == 0) {
        openssl::fail("X509_sign");
    }
}

memory_file new_memory_file() { return memory_file(check(BIO_new(BIO_s_mem()), "BIO_new")); }

std::string_view content_of(const memory_file& file) {
    char* text = nullptr;
    const auto size = static_cast<std::size_t>(BIO_get_mem_data(file.get(), &text));
    return {text, size};
}

void write_certificate(const std::filesystem::path& path, X509* subject) {
    const memory_file pem = new_memory_file();
    check(PEM_write_bio_X509(pem.get(), subject), "PEM_write_bio_X509");
    storage::write_file(path, content_of(pem), storage::public_mode);
}

void write_key(const std::filesystem::path& path, EVP_PKEY* key) {
    const memory_file pem = new_memory_file();
    check(PEM_write_bio_PrivateKey(pem.get(), key, nullptr, nullptr, 0, nullptr, nullptr),
          "PEM_write_bio_PrivateKey");
    storage::write_file(path, content_of(pem), storage::private_mode);
}

certificate read_certificate(const std::filesystem::path& path) {
    const std::string text = storage::read_file(path, pem_bytes_max);
    const memory_file pem = new_memory_file();
    BIO_write(pem.get(), text.data(), static_cast<int>(text.size()));
    certificate found(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
    if (found == nullptr) {
        openssl::fail(("reading the certificate in " + path.string()).c_str());
    }
    return found;
}

openssl::pkey read_key(const std::filesystem::path& path) {
    std::array<std::byte, pem_bytes_max> content;
    const std::size_t size = storage::read_private_file(path, content);
    const memory_file pem = new_memory_file();
    BIO_write(pem.get(), content.data(), static_cast<int>(size));
    OPENSSL_cleanse(content.data(), content.size());
    openssl::pkey found(PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr));
    if (found == nullptr) {
        openssl::fail(("reading the key in " + path.string()).c_str());
    }
    return found;
}

// The registry's, read from its files.
struct signing_authority {
    certificate subject;
    openssl::pkey key;

    explicit signing_authority(const std::filesystem::path& dir)
        : subject(read_certificate(dir / "ca.pem")), key(read_key(dir / "keys" / "ca.key")) {
        if (X509_check_private_key(subject.get(), key.get()) != 1) {
            openssl::fail(("matching " + (dir / "ca.pem").string() + " with keys/ca.key").c_str());
        }
    }
    void issue(X509* to) const {
        check(X509_set_issuer_name(to, X509_get_subject_name(subject.get())),
              "X509_set_issuer_name");
        sign(to, key.get());
    }
};

}  // namespace

void create_authority(const std::filesystem::path& dir, core::instant now) {
    const openssl::pkey key = new_key();
    const certificate authority = new_certificate(key.get(), now, authority_lifetime);
    // A PC that trusts two registries must be able to tell their authorities apart.
    std::array<std::byte, 3> mark;
    openssl::random(mark);
    X509_NAME* const name = X509_get_subject_name(authority.get());
    set_name(name, "Doseline certificate authority " + base64url(mark));
    check(X509_set_issuer_name(authority.get(), name), "X509_set_issuer_name");
    extend(authority.get(), authority.get(), authority_extensions);
    sign(authority.get(), key.get());
    write_key(dir / "keys" / "ca.key", key.get());
    write_certificate(dir / "ca.pem", authority.get());
}

void create_server_certificate(const std::filesystem::path& dir, const std::string& host_name,
                               core::instant now) {
    const signing_authority signer(dir);
    std::vector<std::string> hosts{"localhost"};
    if (is_dns_name(host_name) && host_name != hosts.front()) {
        hosts.push_back(host_name);
    }
    const openssl::pkey key = new_key();
    const certificate server = new_certificate(key.get(), now, server_certificate_lifetime);
    // A common name has 64 characters at most; the names that count are the alternative ones.
    set_name(X509_get_subject_name(server.get()), "Doseline server");
    extend(server.get(), signer.subject.get(), server_extensions);
    add_alternatives(server.get(), hosts);
    signer.issue(server.get());
    write_key(dir / "keys" / "server.key", key.get());
    write_certificate(dir / "server.pem", server.get());
}

std::string issue_client_certificate(const std::filesystem::path& dir,
                                     const device_claims& claims) {
    const signing_authority signer(dir);
    const openssl::pkey key = new_key();
    const auto lifetime =
        std::chrono::floor<std::chrono::days>(claims.expires_at - claims.issued_at + backdated);
    const certificate client = new_certificate(key.get(), claims.issued_at, lifetime);
    const std::string address = address_of_device(claims);
    set_name(X509_get_subject_name(client.get()), address);
    extend(client.get(), signer.subject.get(), client_extensions);
    const std::string alternative = "URI:" + address;
    extend(client.get(), signer.subject.get(),
           std::array{extension{NID_subject_alt_name, alternative.c_str()}});
    signer.issue(client.get());
    note_issued_certificate(dir, claims);
    const memory_file pem = new_memory_file();
    check(PEM_write_bio_X509(pem.get(), client.get()), "PEM_write_bio_X509");
    check(PEM_write_bio_PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr),
          "PEM_write_bio_PrivateKey");
    return std::string(content_of(pem));
}

}  // namespace doseline::net
