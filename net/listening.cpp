#include "net/listening.hpp"

#include "core/limits.hpp"

#include <boost/asio/socket_base.hpp>

#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <string>

namespace doseline::net {

namespace {

// SO_REUSEPORT would let a second server of the same user take half of a first one's connections;
// without it, the kernel says that the address is in use.
boost::system::error_code try_alone(asio::io_context& context, const tcp::endpoint& at) {
    tcp_acceptor acceptor(context);
    boost::system::error_code ec;
    acceptor.open(at.protocol(), ec);
    if (!ec) {
        acceptor.set_option(tcp_acceptor::reuse_address(true), ec);
    }
    if (!ec) {
        acceptor.bind(at, ec);
    }
    return ec;
}

}  // namespace

tcp_acceptor listen_on(asio::io_context& context, const tcp::endpoint& at, bool shared) {
    tcp_acceptor acceptor(context);
    boost::system::error_code ec;
    if (!shared) {
        ec = try_alone(context, at);
    }
    if (!ec) {
        acceptor.open(at.protocol(), ec);
    }
    if (!ec) {
        acceptor.set_option(tcp_acceptor::reuse_address(true), ec);
    }
    const int on = 1;
    if (!ec &&
        ::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
        ec = {errno, boost::system::system_category()};
    }
    if (!ec) {  // inherited by what is accepted
        acceptor.set_option(asio::socket_base::send_buffer_size(core::limits::send_buffer_bytes),
                            ec);
    }
    if (!ec) {
        acceptor.bind(at, ec);
    }
    if (!ec) {
        acceptor.listen(asio::socket_base::max_listen_connections, ec);
    }
    if (!ec) {
        acceptor.non_blocking(true, ec);
    }
    if (ec) {
        throw std::runtime_error("cannot listen on " + at.address().to_string() + ":" +
                                 std::to_string(at.port()) + ": " + ec.message());
    }
    return acceptor;
}

}  // namespace doseline::net
