#include "loadtest/endpoint.hpp"

#include <netdb.h>

#include <cstring>
#include <memory>
#include <stdexcept>

namespace doseline::loadtest {

namespace {

struct parts {
    std::string host;
    std::string port;
};

parts split(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) {
        host = host.substr(1, host.size() - 2);
    }
    if (colon == std::string_view::npos || host.empty() || colon + 1 == text.size() ||
        (!bracketed && host.find(':') != std::string_view::npos) ||
        text.find_first_not_of("0123456789", colon + 1) != std::string_view::npos) {
        throw std::runtime_error("not HOST:PORT: \"" + std::string(text) + "\"");
    }
    return {std::string(host), std::string(text.substr(colon + 1))};
}

}  // namespace

bool endpoint::is_loopback() const noexcept {
    if (family() == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    return family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
}

endpoint resolve_endpoint(std::string_view host_and_port) {
    const parts named = split(host_and_port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(named.host.c_str(), named.port.c_str(), &hints, &found);
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    if (error != 0) {
        throw std::runtime_error("cannot resolve " + std::string(host_and_port) + ": " +
                                 ::gai_strerror(error));
    }
    const addrinfo* chosen = found;
    for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
        if (at->ai_family == AF_INET) {
            chosen = at;
            break;
        }
    }
    endpoint to{named.host, std::string(host_and_port), {}, chosen->ai_addrlen};
    std::memcpy(&to.address, chosen->ai_addr, chosen->ai_addrlen);
    return to;
}

in_addr loopback_source(std::uint32_t n) noexcept {
    constexpr std::uint32_t last_bytes = 254;  // 1..254 in each of the last two places
    constexpr std::uint32_t second_bytes = 255;
    const std::uint32_t second = 1 + n / (last_bytes * last_bytes) % second_bytes;
    const std::uint32_t third = 1 + n / last_bytes % last_bytes;
    const std::uint32_t fourth = 1 + n % last_bytes;
    return in_addr{htonl(127u << 24 | second << 16 | third << 8 | fourth)};
}

}  // namespace doseline::loadtest
