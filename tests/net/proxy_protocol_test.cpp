#include "net/proxy_protocol.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/test/unit_test.hpp>

#include <cstring>
#include <random>
#include <string>

BOOST_AUTO_TEST_SUITE(proxy_protocol)

using namespace doseline;
using net::address_range;
using net::proxy_header;

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);
const std::string addresses_v4("\xc0\x00\x02\x01\x0a\x00\x00\x01\xd4\x31\x20\xfb", 12);

std::string header(unsigned command, unsigned family, std::size_t length, std::string behind) {
    return signature + static_cast<char>(command) + static_cast<char>(family) +
           static_cast<char>(length >> 8) + static_cast<char>(length & 0xff) + std::move(behind);
}
std::string header(unsigned command, unsigned family, std::string behind) {
    const std::size_t length = behind.size();
    return header(command, family, length, std::move(behind));
}

proxy_header read(const std::string& come) {
    return proxy_header::read(std::as_bytes(std::span(come)));
}

core::network_address address(const std::string& text) {
    const auto parsed = boost::asio::ip::make_address(text);
    const auto v6 = parsed.is_v6() ? parsed.to_v6()
                                   : boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped,
                                                                      parsed.to_v4());
    const auto bytes = v6.to_bytes();
    core::network_address made;
    std::memcpy(made.data(), bytes.data(), bytes.size());
    return made;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_clients_address_is_taken_and_what_follows_is_left) {
    const std::string v4 = header(0x21, 0x11, addresses_v4);
    const proxy_header four = read(v4 + "\x16\x03\x01");
    BOOST_TEST((four.is == proxy_header::verdict::whole));
    BOOST_TEST(four.bytes == v4.size());
    BOOST_TEST((four.source == address("192.0.2.1")));

    std::string both(36, '\0');
    both.replace(0, 4, "\x20\x01\x0d\xb8", 4);
    both[15] = 7;
    const proxy_header six = read(header(0x21, 0x21, both));
    BOOST_TEST((six.is == proxy_header::verdict::whole));
    BOOST_TEST((six.source == address("2001:db8::7")));
}

BOOST_AUTO_TEST_CASE(fields_behind_the_addresses_are_passed_over) {
    const std::string whole =
        header(0x21, 0x11, addresses_v4 + std::string("\x03\x00\x04\x01\x02\x03\x04", 7));
    BOOST_TEST(read(whole).bytes == whole.size());
    BOOST_TEST((read(whole).source == address("192.0.2.1")));
}

BOOST_AUTO_TEST_CASE(the_balancers_own_and_the_unknown_have_no_client) {
    for (const std::string& whole :
         {header(0x20, 0x00, ""), header(0x20, 0x11, addresses_v4), header(0x20, 0x31, "unix"),
          header(0x21, 0x00, ""), header(0x21, 0x00, "anything")}) {
        BOOST_TEST((read(whole).is == proxy_header::verdict::whole));
        BOOST_TEST(read(whole).bytes == whole.size());
        BOOST_TEST(!read(whole).source.has_value());
    }
}

BOOST_AUTO_TEST_CASE(every_beginning_of_a_header_may_become_one) {
    const std::string whole = header(0x21, 0x11, addresses_v4);
    for (std::size_t n = 0; n < whole.size(); ++n) {
        BOOST_TEST((read(whole.substr(0, n)).is == proxy_header::verdict::unfinished));
    }
}

BOOST_AUTO_TEST_CASE(anything_else_is_malformed) {
    std::string wrong_signature = header(0x21, 0x11, addresses_v4);
    for (const std::string& bytes :
         {std::string("\x16\x03\x01", 3), std::string("PROXY TCP4 192.0.2.1 "), std::string("GET"),
          std::string("\r\n\r\n\r"),                   // differs in the fifth byte
          header(0x11, 0x11, addresses_v4),            // version 1
          header(0x31, 0x11, addresses_v4),            // version 3
          header(0x22, 0x11, addresses_v4),            // no such command
          header(0x2f, 0x11, addresses_v4),            //
          header(0x21, 0x12, addresses_v4),            // UDP
          header(0x21, 0x10, addresses_v4),            // a family without a transport
          header(0x21, 0x22, std::string(36, '\0')),   // UDP over IPv6
          header(0x21, 0x31, std::string(216, '\0')),  // a socket of the file system
          header(0x21, 0x41, std::string(216, '\0')),  // no such family
          header(0x21, 0x11, addresses_v4.substr(1)),  // too short for its addresses
          header(0x21, 0x11, ""), header(0x21, 0x21, std::string(35, '\0'))}) {
        BOOST_TEST((read(bytes).is == proxy_header::verdict::malformed));
    }
    for (std::size_t n = 0; n < signature.size(); ++n) {
        wrong_signature[n] ^= 1;
        BOOST_TEST((read(wrong_signature.substr(0, n + 1)).is == proxy_header::verdict::malformed));
        wrong_signature[n] ^= 1;
    }
}

BOOST_AUTO_TEST_CASE(it_is_as_long_as_the_limit_and_not_a_byte_longer) {
    constexpr std::size_t most = proxy_header::bytes_max - 16;
    const std::string whole = header(0x21, 0x11, addresses_v4 + std::string(most - 12, '\0'));
    BOOST_TEST((read(whole).is == proxy_header::verdict::whole));
    BOOST_TEST((read(header(0x21, 0x11, most + 1, "")).is == proxy_header::verdict::malformed));
    BOOST_TEST((read(header(0x20, 0x00, 0xffff, "")).is == proxy_header::verdict::malformed));
}

BOOST_AUTO_TEST_CASE(no_bytes_make_it_read_behind_their_end) {
    constexpr unsigned seed = 20'260'107;
    BOOST_TEST_MESSAGE("seed " << seed);
    std::mt19937 random(seed);
    for (int n = 0; n < 20'000; ++n) {
        std::string bytes = header(n % 2 + 0x20, n % 3 == 0 ? 0x21 : 0x11, random() % 80,
                                   std::string(random() % 80, 'x'));
        for (auto flips = random() % 3; flips > 0; --flips) {
            bytes[12 + random() % 4] = static_cast<char>(random());
        }
        const proxy_header found = read(bytes);
        BOOST_REQUIRE(found.bytes <= bytes.size());
        BOOST_REQUIRE((found.is == proxy_header::verdict::whole) == (found.bytes >= 16));
    }
}

BOOST_AUTO_TEST_CASE(a_range_holds_what_its_prefix_says) {
    const auto contains = [](const char* range, const char* one) {
        return address_range::parse(range).contains(address(one));
    };
    BOOST_TEST(contains("10.0.0.0/8", "10.255.0.1"));
    BOOST_TEST(!contains("10.0.0.0/8", "11.0.0.0"));
    BOOST_TEST(!contains("10.0.0.0/8", "::10"));
    BOOST_TEST(contains("192.0.2.4/30", "192.0.2.7"));
    BOOST_TEST(!contains("192.0.2.4/30", "192.0.2.8"));
    BOOST_TEST(contains("192.0.2.4", "192.0.2.4"));
    BOOST_TEST(!contains("192.0.2.4", "192.0.2.5"));
    BOOST_TEST(contains("0.0.0.0/0", "203.0.113.9"));
    BOOST_TEST(!contains("0.0.0.0/0", "::1"));
    BOOST_TEST(contains("2001:db8::/32", "2001:db8:ffff::1"));
    BOOST_TEST(!contains("2001:db8::/32", "2001:db9::"));
    BOOST_TEST(contains("::/0", "203.0.113.9"));
}

BOOST_AUTO_TEST_CASE(what_is_no_range_is_refused) {
    for (const char* const text :
         {"", "10", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1",
          "10.0.0.1/8", "2001:db8::1/32", "balancer.example", "10.0.0.0/8/8", " 10.0.0.0/8"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_CHECK_THROW(address_range::parse(text), std::invalid_argument);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
