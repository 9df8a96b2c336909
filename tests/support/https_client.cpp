#include "tests/support/https_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace doseline::test {

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

// OpenSSL writes with write(2): a server that has closed must be an error here, not the end of the
// test.
const auto no_pipe_signal = std::signal(SIGPIPE, SIG_IGN);

[[noreturn]] void fail(const char* what) {
    throw std::system_error(errno, std::system_category(), what);
}

void parse_head(response& r) {
    if (!r.head.starts_with("HTTP/1.1 ") || r.head.size() < 12) {
        throw std::runtime_error("not a response: " + r.head);
    }
    r.status = static_cast<unsigned>(std::stoul(r.head.substr(9, 3)));
    std::size_t at = r.head.find("\r\n") + 2;
    while (at < r.head.size() - 2) {
        const std::size_t end = r.head.find("\r\n", at);
        const std::size_t colon = r.head.find(": ", at);
        r.fields[lower(r.head.substr(at, colon - at))] = r.head.substr(colon + 2, end - colon - 2);
        at = end + 2;
    }
}

}  // namespace

std::string response::field(const std::string& name) const {
    const auto it = fields.find(name);
    return it == fields.end() ? std::string{} : it->second;
}

void https_client::release::operator()(ssl_ctx_st* context) const noexcept {
    ::SSL_CTX_free(context);
}
void https_client::release::operator()(ssl_st* connection) const noexcept {
    ::SSL_free(connection);
}

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        fail("socket");
    }
    const timeval patience{10, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        ::close(fd);
        fail("connect");
    }
    return fd;
}

https_client::https_client(const std::filesystem::path& ca, std::uint16_t port, const options& o)
    : context_(::SSL_CTX_new(::TLS_client_method())), tls_(nullptr), socket_(-1) {
    if (::SSL_CTX_load_verify_locations(context_.get(), ca.c_str(), nullptr) != 1) {
        throw std::runtime_error("cannot read " + ca.string());
    }
    ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (o.tls_version_max != 0) {
        ::SSL_CTX_set_max_proto_version(context_.get(), o.tls_version_max);
    }
    if (!o.certificate.empty() &&
        (::SSL_CTX_use_certificate_chain_file(context_.get(), o.certificate.c_str()) != 1 ||
         ::SSL_CTX_use_PrivateKey_file(context_.get(), o.certificate.c_str(), SSL_FILETYPE_PEM) !=
             1)) {
        throw std::runtime_error("cannot use " + o.certificate.string());
    }
    tls_.reset(::SSL_new(context_.get()));
    ::SSL_set1_host(tls_.get(), o.server_name.c_str());
    ::SSL_set_tlsext_host_name(tls_.get(), o.server_name.c_str());
    socket_ = connect_to(port);
    ::SSL_set_fd(tls_.get(), socket_);
    ::ERR_clear_error();
    if (const int made = ::SSL_connect(tls_.get()); made != 1) {
        const int system = errno;
        const std::string why = "the TLS handshake failed: kind " +
                                std::to_string(::SSL_get_error(tls_.get(), made)) + ", " +
                                std::generic_category().message(system);
        ::close(socket_);
        throw std::runtime_error(why);
    }
}

https_client::~https_client() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

https_client::https_client(https_client&& other) noexcept
    : context_(std::move(other.context_)), tls_(std::move(other.tls_)),
      socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

void https_client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const int n = ::SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
        if (n <= 0) {
            throw std::runtime_error("the connection broke while sending");
        }
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

// False when the server has closed. Throws when it says nothing for too long.
bool https_client::fill() {
    std::array<char, 16'384> buffer{};
    errno = 0;
    const int n = ::SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (n > 0) {
        received_.append(buffer.data(), static_cast<std::size_t>(n));
        return true;
    }
    if (::SSL_get_error(tls_.get(), n) == SSL_ERROR_WANT_READ || errno == EAGAIN) {
        throw std::runtime_error("no answer within ten seconds");
    }
    return false;
}

response https_client::receive(bool head_only) {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) {
            throw std::runtime_error("closed without an answer; received: " + received_);
        }
    }
    response r;
    r.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    parse_head(r);
    const std::size_t length =
        head_only || !r.has("content-length") ? 0 : std::stoul(r.field("content-length"));
    while (received_.size() < length) {
        if (!fill()) {
            throw std::runtime_error("closed within a body");
        }
    }
    r.body = received_.substr(0, length);
    received_.erase(0, length);
    return r;
}

bool https_client::closed() {
    while (received_.empty()) {
        if (!fill()) {
            return true;
        }
    }
    return false;
}

void https_client::shut_down_sending() {
    ::SSL_shutdown(tls_.get());
    ::shutdown(socket_, SHUT_WR);
}

void https_client::reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(socket_, -1));
}

response https_client::request(std::string_view method, std::string_view target, const fields& more,
                               std::string_view body) {
    std::string text =
        std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n";
    for (const auto& [name, value] : more) {
        text += name + ": " + value + "\r\n";
    }
    if (!body.empty() || method == "POST") {
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    send(text + "\r\n" + std::string(body));
    return receive(method == "HEAD");
}

std::string new_key() {
    std::array<unsigned char, 16> random{};
    ::RAND_bytes(random.data(), static_cast<int>(random.size()));
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            text += '-';
        }
        text += hex[random[i] >> 4];
        text += hex[random[i] & 15u];
    }
    return text;
}

}  // namespace doseline::test
