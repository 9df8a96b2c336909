#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <string_view>
#include <variant>

// Where one request ends and the next begins must have one answer only. Beast 1.81 accepts forms
// that its later versions refuse, so each header is judged here again, before any body is read.
// Stricter than RFC 9112 where a client of ours has no need: whatever is refused is also closed.
namespace doseline::net {

namespace http = boost::beast::http;

struct framing_refusal {
    unsigned status = 400;
    const char* why = "";  // one plain English sentence
};

struct framed {
    std::size_t body_bytes = 0;
    bool expects_continue = false;
    bool close = false;  // the client asked for it
};

// A field of which the program knows: how often it stands in the header, and its first value.
struct known_field {
    std::size_t count = 0;
    std::string_view value;
};

// What Beast made of a header, as views of the bytes that it was read from: a request is read
// without a copy and without the heap.
struct header_view {
    http::verb verb = http::verb::unknown;
    std::string_view target;
    int version = 0;  // 11 for HTTP/1.1
    std::size_t fields = 0;
    known_field accept_encoding, accept_language, authorization, content_length, content_type,
        cookie, doseline_user, expect, host, idempotency_key, if_match, if_none_match, origin, te,
        trailer, transfer_encoding, upgrade;
    bool wishes_close = false;  // a Connection field says so
};

// Judges a header that came whole, with its last empty line; into views raw afterwards. Of a
// refused one only the verb counts.
std::variant<framed, framing_refusal> read_framing(std::string_view raw, header_view& into);

}  // namespace doseline::net
