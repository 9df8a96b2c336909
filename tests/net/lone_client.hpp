#pragma once

#include "tests/net/lone_session.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>

namespace doseline::test {

// A lone session's client, on the same thread: nothing of it waits.
class lone_client {
public:
    explicit lone_client(int socket) {
        tls_.reset(SSL_new(context_.get()));
        SSL_set_fd(tls_.get(), socket);
        SSL_set_msg_callback(tls_.get(), count_record);
        SSL_set_msg_callback_arg(tls_.get(), this);
    }
    lone_client(int socket, const char* groups) : lone_client(socket) {
        BOOST_REQUIRE(SSL_set1_groups_list(tls_.get(), groups) == 1);
    }
    lone_client(const lone_client&) = delete;
    lone_client& operator=(const lone_client&) = delete;

    bool goes_on() { return SSL_connect(tls_.get()) == 1; }  // as far as it can
    void send(std::string_view bytes) {
        BOOST_REQUIRE(SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
                      static_cast<int>(bytes.size()));
    }
    // Whatever has come by now.
    std::string read() {
        std::string all;
        char some[16'384];
        for (int n = 0; (n = SSL_read(tls_.get(), some, sizeof some)) > 0;) {
            all.append(some, static_cast<std::size_t>(n));
        }
        return all;
    }
    unsigned records() const noexcept { return records_; }  // that it has read

private:
    static void count_record(int is_sent, int, int type, const void*, std::size_t, SSL*, void* of) {
        static_cast<lone_client*>(of)->records_ += is_sent == 0 && type == SSL3_RT_HEADER ? 1 : 0;
    }

    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()),
                                                               SSL_CTX_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> tls_{nullptr, SSL_free};
    unsigned records_ = 0;
};

// Both, behind their handshake.
struct lone_connection : lone_session {
    lone_client client{peer};

    lone_connection() {
        client.goes_on();
        it->ready(EPOLLIN);
        it->take_handshake(lend().handshake());
        BOOST_REQUIRE(client.goes_on());
        it->ready(EPOLLIN);
        client.read();  // its tickets
    }
    void ask(std::string_view requests) {
        client.send(requests);
        it->ready(EPOLLIN);
    }
};

}  // namespace doseline::test
