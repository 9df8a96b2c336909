#pragma once

#include "loadtest/endpoint.hpp"
#include "loadtest/request.hpp"
#include "loadtest/tls_client.hpp"

#include <optional>
#include <string>

namespace doseline::loadtest {

struct fetched {
    unsigned status = 0;
    std::string body;
};

// One request on a connection of its own; waits on the calling thread, at most answer_timeout to
// connect and as long for the answer. Nothing: no answer came.
std::optional<fetched> fetch(const endpoint& server, const tls_client& tls, request what);

}  // namespace doseline::loadtest
