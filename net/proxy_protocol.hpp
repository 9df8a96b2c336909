#pragma once

#include "core/command.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

// The PROXY protocol, version 2: a balancer that passes connections on says, in front of their
// bytes, where they come from. Read from named balancers only, and from those always: whoever else
// sends a header is refused as if he spoke no TLS.
namespace doseline::net {

// "10.0.0.0/8", "2001:db8::/32", or one address.
struct address_range {
    core::network_address first{};  // the bits behind the prefix are zero
    unsigned prefix_bits = 128;     // of an IPv4 range: 96 more than written

    // Throws std::invalid_argument saying what is expected; also when bits behind the prefix are
    // set, because then somebody meant another range.
    static address_range parse(const std::string& text);

    bool contains(const core::network_address& address) const noexcept;
};

bool any_contains(const std::vector<address_range>& ranges,
                  const core::network_address& address) noexcept;

struct proxy_header {
    enum class verdict : std::uint8_t {
        whole,
        unfinished,  // what there is may become one
        malformed,   // the connection ends
    };
    static constexpr std::size_t bytes_max = 536;  // both addresses of any family and a few fields

    verdict is = verdict::unfinished;
    std::size_t bytes = 0;  // of a whole one: its size; what follows is TLS
    // The client's; none of a connection that is the balancer's own (LOCAL, a health check) or of
    // unknown origin (UNSPEC): the address of the balancer counts.
    std::optional<core::network_address> source;

    // Of what has come so far. Accepts version 2, LOCAL and PROXY, TCP over IPv4 and IPv6, UNSPEC;
    // fields behind the addresses are passed over. Anything else is malformed.
    static proxy_header read(std::span<const std::byte> come) noexcept;
};

}  // namespace doseline::net
