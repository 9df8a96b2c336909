#pragma once

#include "net/asio.hpp"

namespace doseline::net {

// Listens there, without waiting; port 0 takes a free one. Reactors of one process share a port:
// shared says that another one of them listens there already. Throws naming the address when it
// cannot, and when another program has it.
tcp_acceptor listen_on(asio::io_context& context, const tcp::endpoint& at, bool shared);

}  // namespace doseline::net
