#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace doseline::test {

struct response {
    unsigned status = 0;
    std::map<std::string, std::string> fields;  // names in lower case; the last of each
    std::string body;
    std::string head;  // as received

    bool has(const std::string& name) const { return fields.contains(name); }
    std::string field(const std::string& name) const;  // empty when absent
};

// One connection that verifies the server against ca.pem, and blocks. Every wait ends after ten
// seconds with an exception. Not an HTTP library: it sends exactly the bytes that it is given.
class https_client {
public:
    struct options {
        int tls_version_max = 0;  // an OpenSSL version number; 0: any
        std::string server_name = "localhost";
        std::filesystem::path certificate;  // its own and the key, in one PEM file; none if empty
    };
    https_client(const std::filesystem::path& ca, std::uint16_t port)
        : https_client(ca, port, {}) {}
    https_client(const std::filesystem::path& ca, std::uint16_t port, const options& o);
    ~https_client();
    https_client(https_client&&) noexcept;

    void send(std::string_view bytes);
    // The next response, whole; its body by Content-Length. head_only: of a HEAD request.
    response receive(bool head_only = false);
    // True when the server has closed and nothing is left to read.
    bool closed();
    void shut_down_sending();  // TLS and TCP
    void reset();              // RST, at once
    int descriptor() const noexcept { return socket_; }

    using fields = std::vector<std::pair<std::string, std::string>>;
    response request(std::string_view method, std::string_view target, const fields& more = {},
                     std::string_view body = {});

private:
    bool fill();

    struct release {
        void operator()(ssl_ctx_st* context) const noexcept;
        void operator()(ssl_st* connection) const noexcept;
    };
    std::unique_ptr<ssl_ctx_st, release> context_;
    std::unique_ptr<ssl_st, release> tls_;
    int socket_ = -1;
    std::string received_;
};

// Connects to loopback; the caller closes. Reads and writes give up after ten seconds.
int connect_to(std::uint16_t port);

// A new random UUID as text.
std::string new_key();

}  // namespace doseline::test
