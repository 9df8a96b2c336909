#include "net/address_text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace doseline::net {

std::string address_text(const core::network_address& address) {
    char text[INET6_ADDRSTRLEN] = "";
    constexpr std::array<std::byte, 12> mapped{
        {{}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::byte{0xff}, std::byte{0xff}}};
    const bool four = std::equal(mapped.begin(), mapped.end(), address.begin());
    ::inet_ntop(four ? AF_INET : AF_INET6, address.data() + (four ? mapped.size() : 0), text,
                sizeof text);
    return text;
}

}  // namespace doseline::net
