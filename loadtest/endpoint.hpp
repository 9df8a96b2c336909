#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace doseline::loadtest {

// Where a server listens: resolved once, so that no look-up happens under load.
struct endpoint {
    std::string host;  // as given, without brackets: what the certificate must name
    std::string text;  // HOST:PORT as given, for the Host field
    sockaddr_storage address{};
    socklen_t address_bytes = 0;

    const sockaddr* raw() const noexcept { return reinterpret_cast<const sockaddr*>(&address); }
    int family() const noexcept { return address.ss_family; }
    bool is_loopback() const noexcept;
};

// "HOST:PORT" or "[IPV6]:PORT"; IPv4 is preferred when a name has both. Throws std::runtime_error
// with one line that says what is wrong with it.
endpoint resolve_endpoint(std::string_view host_and_port);

// The address that the n-th connection to a loopback server comes from. A source address has some
// 28,000 ports for one destination; the loopback network has 16 million addresses, and like the
// clinics every connection gets its own until 16 million are used up. Never 127.0.x.x.
in_addr loopback_source(std::uint32_t n) noexcept;

}  // namespace doseline::loadtest
