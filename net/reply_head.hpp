#pragma once

#include "net/handler.hpp"

#include <string>
#include <string_view>

namespace doseline::net {

// What the session itself says when it refuses a request: plain English, and the end of the
// connection.
reply plain_reply(unsigned status, std::string_view text);

// The whole answer, appended: status line, fields, an empty line, and the body unless head_only or
// the status has none. date: the value of the Date field. close: the connection ends behind it.
void append_reply(std::string& out, const reply& r, std::string_view date, bool close,
                  bool head_only);

}  // namespace doseline::net
