#include "tests/support/raw_socket.hpp"

#include "tests/support/https_client.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace doseline::test {

raw_socket::raw_socket(std::uint16_t port) : descriptor_(connect_to(port)) {}

raw_socket::~raw_socket() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

bool raw_socket::send(std::string_view bytes) {
    return ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
}

std::string raw_socket::read_to_end() {
    std::string all;
    std::array<char, 4'096> buffer{};
    for (;;) {
        const ssize_t n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
            throw std::runtime_error("not closed within ten seconds");
        }
        if (n <= 0) {
            return all;
        }
        all.append(buffer.data(), static_cast<std::size_t>(n));
    }
}

void raw_socket::reset() {
    const linger now{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(std::exchange(descriptor_, -1));
}

}  // namespace doseline::test
