#pragma once

#include "net/certificates.hpp"
#include "net/tls_context.hpp"
#include "tests/support/temporary_directory.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace doseline::test {

// A TLS server of a few lines on a free loopback port: what the test says is what it answers. A
// thread a connection; all are joined with the object.
class tiny_server {
public:
    // From a whole request to a whole answer; empty closes the connection without one. Called by
    // several threads.
    using answering = std::function<std::string(std::string_view request)>;

    explicit tiny_server(answering answer)
        : answer_(std::move(answer)), tls_(make_tls(dir_.path())),
          listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        std::signal(SIGPIPE, SIG_IGN);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t bytes = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_, raw, bytes) != 0 || ::listen(listener_, 64) != 0 ||
            ::getsockname(listener_, raw, &bytes) != 0) {
            throw std::runtime_error("tiny_server: cannot listen");
        }
        port_ = ntohs(address.sin_port);
        acceptor_ = std::jthread([this] { accept_all(); });
    }
    ~tiny_server() {
        ::shutdown(listener_, SHUT_RDWR);
        acceptor_.join();
        {
            const std::lock_guard lock(mutex_);
            for (const int socket : sockets_) {
                ::shutdown(socket, SHUT_RDWR);
            }
        }
        connections_.clear();
        for (const int socket : sockets_) {
            ::close(socket);
        }
        ::close(listener_);
    }
    tiny_server(const tiny_server&) = delete;
    tiny_server& operator=(const tiny_server&) = delete;

    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    std::filesystem::path authority() const { return dir_.path() / "ca.pem"; }

private:
    static net::tls_context make_tls(const std::filesystem::path& dir) {
        const auto now =
            std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
        std::filesystem::create_directory(dir / "keys");
        net::create_authority(dir, now);
        net::create_server_certificate(dir, "localhost", now);
        return {dir / "server.pem", dir / "keys" / "server.key"};
    }

    void accept_all() {
        for (;;) {
            const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) {
                return;
            }
            const std::lock_guard lock(mutex_);
            sockets_.push_back(socket);
            connections_.emplace_back([this, socket] { serve(socket); });
        }
    }

    void serve(int socket) {
        SSL* const tls = SSL_new(tls_.get().get());
        SSL_set_fd(tls, socket);
        std::string buffer;
        char piece[4'096];
        for (int n = SSL_accept(tls); n > 0;) {
            n = SSL_read(tls, piece, sizeof piece);
            if (n <= 0) {
                break;
            }
            buffer.append(piece, static_cast<std::size_t>(n));
            if (!is_whole(buffer)) {
                continue;
            }
            const std::string reply = answer_(buffer);
            buffer.clear();
            n = reply.empty() ? 0 : SSL_write(tls, reply.data(), static_cast<int>(reply.size()));
        }
        ::shutdown(socket, SHUT_RDWR);
        SSL_free(tls);
    }

    static bool is_whole(std::string_view request) {
        constexpr std::string_view length = "Content-Length: ";
        const std::size_t head = request.find("\r\n\r\n");
        const std::size_t at = request.find(length);
        const std::size_t body =
            at == std::string_view::npos
                ? 0
                : std::stoul(std::string(request.substr(at + length.size(), 8)));
        return head != std::string_view::npos && request.size() >= head + 4 + body;
    }

    temporary_directory dir_;
    answering answer_;
    net::tls_context tls_;
    int listener_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    std::vector<int> sockets_;
    std::vector<std::jthread> connections_;
    std::jthread acceptor_;
};

// An answer in the form that the load tester expects.
inline std::string http_answer(std::string_view status, std::string_view body,
                               std::string_view fields = "") {
    return std::string("HTTP/1.1 ")
               .append(status)
               .append("\r\n")
               .append(fields)
               .append("Content-Length: ") +
           std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace doseline::test
