#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace doseline::loadtest {

inline constexpr std::size_t response_header_bytes_max = 16 * 1024;
inline constexpr std::size_t response_body_bytes_max = 1024 * 1024;

// What the load tester looks at in an answer. Views into the bytes that were parsed.
struct response {
    unsigned status = 0;
    bool replayed = false;                // Replayed: true
    bool close = false;                   // Connection: close
    std::chrono::seconds retry_after{0};  // 0: not told
    std::string_view body;
};

enum class response_state { incomplete, complete, malformed };

// Parses the answer to one HTTP/1.1 request from all bytes that came for it so far. Strict, since
// it also judges the server: a body needs one Content-Length, chunks are not understood, nothing
// may follow the body (nothing was asked), and interim answers are refused (none was asked for).
response_state parse_response(std::string_view bytes, response& out);

}  // namespace doseline::loadtest
