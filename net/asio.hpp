#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

// Asio by the names that this program uses. Executors are concrete: a type-erased one costs memory
// in every socket and a virtual call in every operation.
namespace doseline::net {

namespace asio = boost::asio;
using asio::ip::tcp;

using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;

template <class T>
using awaitable = asio::awaitable<T, executor>;

// auto [ec, n] = co_await ...(no_throw)
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> no_throw{};

}  // namespace doseline::net
