#include "net/server.hpp"

#include <boost/asio/ip/address.hpp>

#include <charconv>
#include <stdexcept>

namespace doseline::net {

tcp::endpoint parse_endpoint(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    std::string host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    std::uint16_t port = 0;
    bool whole = false;
    if (colon != std::string::npos) {
        const char* const end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
        whole = parsed.ec == std::errc{} && parsed.ptr == end;
    }
    if (ec || !whole) {
        throw std::invalid_argument("\"" + text +
                                    "\" is not ADDRESS:PORT, such as 127.0.0.1:8443 or [::1]:8443");
    }
    return {address, port};
}

}  // namespace doseline::net
