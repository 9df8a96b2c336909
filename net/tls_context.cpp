#include "net/tls_context.hpp"

#include "net/issued_certificates.hpp"
#include "storage/openssl.hpp"
#include "storage/private_file.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <ctime>
#include <stdexcept>

namespace doseline::net {

namespace {

namespace fs = std::filesystem;
namespace openssl = storage::openssl;
using memory_file = openssl::handle<BIO, BIO_free_all>;
using certificate = openssl::handle<X509, X509_free>;

constexpr std::size_t pem_bytes_max = 256 * 1024;  // a chain may be long

// A file is asked for no passphrase: nobody sits at the console.
int no_passphrase(char*, int, int, void*) { return -1; }

[[noreturn]] void refuse(const char* what, const fs::path& file, const std::string& why) {
    ERR_clear_error();
    throw std::runtime_error(std::string(what) + ' ' + file.string() + ' ' + why);
}

std::string read_pem(const char* what, const fs::path& file) {
    if (!fs::exists(file)) {
        refuse(what, file, "does not exist: name both --certificate and --key");
    }
    return storage::read_file(file, pem_bytes_max);
}

std::chrono::sys_seconds time_of(const ASN1_TIME* time) {
    std::tm utc{};
    openssl::check(ASN1_TIME_to_tm(time, &utc), "a certificate's time");
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&utc)));
}

void check_time(const fs::path& file, const X509* leaf) {
    const auto now = std::chrono::system_clock::now();
    if (now < time_of(X509_get0_notBefore(leaf))) {
        refuse("certificate", file, "is not valid yet: wait, or set this machine's clock");
    }
    if (now > time_of(X509_get0_notAfter(leaf))) {
        refuse("certificate", file, "has expired: put a new one there");
    }
}

// The leaf first, then those that lead to an authority.
void use_certificates(SSL_CTX* context, const fs::path& file) {
    const std::string text = read_pem("certificate", file);
    const memory_file pem(openssl::check(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), "BIO_new_mem_buf"));
    const certificate leaf(PEM_read_bio_X509_AUX(pem.get(), nullptr, no_passphrase, nullptr));
    if (leaf == nullptr) {
        refuse("certificate", file, "holds no certificate in PEM form");
    }
    check_time(file, leaf.get());
    if (SSL_CTX_use_certificate(context, leaf.get()) != 1) {
        refuse("certificate", file,
               std::string("cannot be used: ") + ERR_reason_error_string(ERR_peek_last_error()));
    }
    for (;;) {
        const certificate next(PEM_read_bio_X509(pem.get(), nullptr, no_passphrase, nullptr));
        if (next == nullptr) {
            break;
        }
        openssl::check(static_cast<int>(SSL_CTX_add1_chain_cert(context, next.get())),
                       "a chain of certificates");
    }
    const bool to_the_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    if (!to_the_end) {
        refuse("certificate", file, "is damaged behind its first certificate");
    }
    ERR_clear_error();
}

void use_key(SSL_CTX* context, const fs::path& file, const fs::path& of) {
    std::string text = read_pem("private key", file);
    const memory_file pem(openssl::check(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), "BIO_new_mem_buf"));
    const openssl::pkey key(PEM_read_bio_PrivateKey(pem.get(), nullptr, no_passphrase, nullptr));
    const bool locked = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_BAD_PASSWORD_READ ||
                        text.find("ENCRYPTED") != std::string::npos;
    OPENSSL_cleanse(text.data(), text.size());
    if (key == nullptr) {
        refuse("private key", file,
               locked ? "has a passphrase: put it there without one"
                      : "holds no private key in PEM form");
    }
    if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
        refuse("private key", file, "is not that of certificate " + of.string());
    }
}

// Clients are told whose certificates count, so that browsers without one ask their user nothing.
void ask_for_certificates_of(SSL_CTX* context, const fs::path& file) {
    constexpr long client_chain_bytes_max = 16 * 1024;  // what a stranger may send in a handshake
    const std::string text = read_pem("authority", file);
    const memory_file pem(openssl::check(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), "BIO_new_mem_buf"));
    const certificate authority(PEM_read_bio_X509(pem.get(), nullptr, no_passphrase, nullptr));
    if (authority == nullptr) {
        refuse("authority", file, "holds no certificate in PEM form");
    }
    openssl::check(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()),
                   "trusting the authority");
    openssl::check(SSL_CTX_add_client_CA(context, authority.get()), "naming the authority");
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_verify_depth(context, 0);  // no authority between it and a client
    SSL_CTX_set_max_cert_list(context, client_chain_bytes_max);
    // A ticket that carries a client's certificate counts for this program alone.
    constexpr std::string_view program = "doseline";
    openssl::check(SSL_CTX_set_session_id_context(context, openssl::bytes(program),
                                                  static_cast<unsigned>(program.size())),
                   "session id context");
}

std::shared_ptr<SSL_CTX> new_context(ticket_keys& tickets) {
    using openssl::check;
    const std::shared_ptr<SSL_CTX> context(check(SSL_CTX_new(TLS_server_method()), "TLS context"),
                                           SSL_CTX_free);
    SSL_CTX* const c = context.get();
    check(static_cast<int>(SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION)), "TLS 1.2");
    check(SSL_CTX_set_cipher_list(c, "ECDHE+AESGCM:ECDHE+CHACHA20"), "TLS 1.2 ciphers");
    check(static_cast<int>(SSL_CTX_set1_groups_list(c, "X25519:P-256")), "key exchange groups");
    SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
    // An idle connection holds no buffers; a write may come from another place when it goes on.
    SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(c, 1);  // one system call a record instead of two
    SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);  // tickets: nothing is kept here
    check(SSL_CTX_set_num_tickets(c, 1), "session tickets");
    tickets.attach(c);
    return context;
}

}  // namespace

tls_context::tls_context(const fs::path& certificate, const fs::path& key, const fs::path& registry)
    : certificate_(certificate), key_(key), registry_(registry),
      tickets_(std::chrono::steady_clock::now()) {
    reload();
}

std::shared_ptr<SSL_CTX> tls_context::load(bool asking) {
    const std::shared_ptr<SSL_CTX> made = new_context(tickets_);
    use_certificates(made.get(), certificate_);
    use_key(made.get(), key_, certificate_);
    if (asking) {
        ask_for_certificates_of(made.get(), registry_ / "ca.pem");
    }
    return made;
}

void tls_context::reload() {
    std::shared_ptr<SSL_CTX> silent = load(false);
    std::shared_ptr<SSL_CTX> asking = registry_.empty() ? nullptr : load(true);
    const std::lock_guard lock(mutex_);
    silent_.swap(silent);
    asking_.swap(asking);
}

// Looked at anew for each connection, so that a certificate counts as soon as it has been issued;
// once one has been, never again.
bool tls_context::asks() const noexcept {
    // relaxed: the file alone says it, and saying it twice does no harm.
    if (!registry_.empty() && !issued_.load(std::memory_order_relaxed) &&
        !no_certificate_issued(registry_)) {
        issued_.store(true, std::memory_order_relaxed);
    }
    return issued_.load(std::memory_order_relaxed);
}

std::shared_ptr<SSL_CTX> tls_context::get() const {
    const bool asking = asks();
    const std::lock_guard lock(mutex_);
    return asking ? asking_ : silent_;
}

std::chrono::sys_seconds tls_context::expires() const noexcept {
    return time_of(X509_get0_notAfter(SSL_CTX_get0_certificate(get().get())));
}

}  // namespace doseline::net
