#include "net/proxy_protocol.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace doseline::net {

namespace {

constexpr std::array<unsigned char, 12> signature{0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                                  0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a};
constexpr std::size_t fixed_bytes = 16;  // signature, version and command, family, length
constexpr unsigned local = 0x20;
constexpr unsigned proxy = 0x21;
constexpr unsigned unspecified = 0x00;
constexpr unsigned tcp_v4 = 0x11;
constexpr unsigned tcp_v6 = 0x21;
constexpr std::size_t v4_bytes = 12;  // two addresses, two ports
constexpr std::size_t v6_bytes = 36;

constexpr unsigned v4_bits_before = 96;

core::network_address mapped(std::span<const std::byte, 4> v4) noexcept {
    core::network_address address{};
    address[10] = address[11] = std::byte{0xff};
    std::ranges::copy(v4, address.begin() + 12);
    return address;
}

bool bit(const core::network_address& address, unsigned n) noexcept {
    return (std::to_integer<unsigned>(address[n / 8]) >> (7 - n % 8) & 1u) != 0;
}

[[noreturn]] void refuse(const std::string& text) {
    throw std::invalid_argument("\"" + text +
                                "\" is not a range of addresses, such as 10.0.0.0/8 or ::1");
}

}  // namespace

address_range address_range::parse(const std::string& text) {
    const std::size_t slash = text.find('/');
    boost::system::error_code ec;
    const auto address = boost::asio::ip::make_address(text.substr(0, slash), ec);
    if (ec) {
        refuse(text);
    }
    unsigned bits = address.is_v4() ? 32 : 128;
    if (slash != std::string::npos) {
        const unsigned most = bits;
        const char* const end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data() + slash + 1, end, bits);
        if (parsed.ec != std::errc{} || parsed.ptr != end || bits > most) {
            refuse(text);
        }
    }
    address_range range;
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        range.first = mapped(std::as_bytes(std::span(bytes)).first<4>());
        bits += v4_bits_before;
    } else {
        const auto bytes = address.to_v6().to_bytes();
        std::memcpy(range.first.data(), bytes.data(), bytes.size());
    }
    range.prefix_bits = bits;
    for (unsigned n = bits; n < 128; ++n) {
        if (bit(range.first, n)) {
            refuse(text);
        }
    }
    return range;
}

bool address_range::contains(const core::network_address& address) const noexcept {
    for (unsigned n = 0; n < prefix_bits; ++n) {
        if (bit(first, n) != bit(address, n)) {
            return false;
        }
    }
    return true;
}

bool any_contains(const std::vector<address_range>& ranges,
                  const core::network_address& address) noexcept {
    return std::ranges::any_of(ranges, [&](const address_range& r) { return r.contains(address); });
}

proxy_header proxy_header::read(std::span<const std::byte> come) noexcept {
    proxy_header header;
    const auto at = [come](std::size_t n) { return std::to_integer<unsigned>(come[n]); };
    for (std::size_t n = 0; n < std::min(come.size(), signature.size()); ++n) {
        if (at(n) != signature[n]) {
            header.is = verdict::malformed;
            return header;
        }
    }
    if (come.size() < fixed_bytes) {
        return header;
    }
    const unsigned command = at(12);
    const unsigned family = at(13);
    const std::size_t behind = at(14) << 8 | at(15);
    const std::size_t needed = command == local || family == unspecified ? 0
                               : family == tcp_v4                        ? v4_bytes
                                                                         : v6_bytes;
    const bool known =
        (command == local || command == proxy) &&
        (command == local || family == unspecified || family == tcp_v4 || family == tcp_v6);
    if (!known || behind < needed || fixed_bytes + behind > bytes_max) {
        header.is = verdict::malformed;
        return header;
    }
    if (come.size() < fixed_bytes + behind) {
        return header;
    }
    header.is = verdict::whole;
    header.bytes = fixed_bytes + behind;
    const auto addresses = come.subspan(fixed_bytes);
    if (needed == v4_bytes) {
        header.source = mapped(addresses.first<4>());
    } else if (needed == v6_bytes) {
        std::ranges::copy(addresses.first<16>(), header.source.emplace().begin());
    }
    return header;
}

}  // namespace doseline::net
