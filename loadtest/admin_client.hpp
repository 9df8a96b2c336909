#pragma once

#include "loadtest/scenario.hpp"
#include "loadtest/tls_client.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace doseline::loadtest {

// Asks the server's admin listener, on a connection of its own for each question.
//
// Thread safety: none.
class admin_client {
public:
    // Without an operator token file only public pages answer. Throws std::runtime_error with one
    // line when the authority or the token cannot be read.
    explicit admin_client(const setting& here);

    // The body of a 200. Nothing: no answer, or another one. Waits at most 20 s.
    std::optional<std::string> get(std::string_view path) const;
    std::optional<boost::json::object> get_object(std::string_view path) const;

    // The server may be on this machine.
    bool is_here() const noexcept { return server_.is_loopback(); }

private:
    endpoint server_;
    tls_client tls_;
    std::string token_;
};

}  // namespace doseline::loadtest
