#pragma once

#include "net/handler.hpp"

#include <string>
#include <string_view>

namespace doseline::net {

// What the session itself says when it refuses a request: plain English, and the end of the
// connection.
reply plain_reply(unsigned status, std::string_view text);

// Status line and fields, with the empty line behind them. date: the value of the Date field.
// close: the connection ends behind this answer.
std::string reply_head(const reply& r, std::string_view date, bool close);

}  // namespace doseline::net
