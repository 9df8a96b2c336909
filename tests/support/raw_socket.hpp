#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace doseline::test {

// A TCP connection to loopback without TLS, for bytes that no client would send.
class raw_socket {
public:
    explicit raw_socket(std::uint16_t port);
    ~raw_socket();
    raw_socket(const raw_socket&) = delete;
    raw_socket& operator=(const raw_socket&) = delete;

    // False when the other side has closed.
    bool send(std::string_view bytes);
    // All that comes until the other side closes. Throws when it does not within ten seconds.
    std::string read_to_end();
    void reset();  // RST, at once
    int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace doseline::test
