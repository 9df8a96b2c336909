#pragma once

#include <string_view>

namespace doseline::net {

// A page of net/web by its file name, embedded at build; empty when there is none.
std::string_view web_file(std::string_view name) noexcept;

}  // namespace doseline::net
