#pragma once

#include <string_view>

// What a request's fields ask of a representation (RFC 9110): plain functions of the field's value,
// which is empty when the field is absent. What is malformed counts as not said.
namespace doseline::net {

// By Accept-Encoding: whether gzip may be sent and is liked at least as well as no coding.
bool prefers_gzip(std::string_view accept_encoding) noexcept;

// By If-None-Match: whether the client has this representation already. etag: with its quotes.
bool has_already(std::string_view if_none_match, std::string_view etag) noexcept;

}  // namespace doseline::net
