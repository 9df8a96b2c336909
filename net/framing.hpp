#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>

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

// raw is the header as it came, with its last empty line; head is what Beast made of it.
std::variant<framed, framing_refusal> judge_framing(std::string_view raw,
                                                    const http::header<true, http::fields>& head);

using header_parser = http::request_parser<http::empty_body>;

// Parses raw with a new parser, which holds the fields afterwards as views of its own copy, and
// judges it.
std::variant<framed, framing_refusal> read_framing(std::string_view raw, header_parser& into);

}  // namespace doseline::net
