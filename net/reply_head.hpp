#pragma once

#include "net/handler.hpp"

#include <string>
#include <string_view>

namespace doseline::net {

// For a field, where a page needs another policy than the strict one of every page.
inline constexpr std::string_view content_security_policy = "Content-Security-Policy";

// What the session itself says when it refuses a request: plain English, and the end of the
// connection.
reply plain_reply(unsigned status, std::string_view text);

// Appends the fields of an answer that do not change from one to the next, each with its line's
// end: all but Server, Date and Connection.
void append_fields(std::string& to, const reply& r);

// The whole answer, appended: status line, fields, an empty line, and the body unless head_only or
// the status has none. date: the value of the Date field. close: the connection ends behind it.
void append_reply(std::string& out, const reply& r, std::string_view date, bool close,
                  bool head_only);

}  // namespace doseline::net
