#pragma once

#include "core/eligibility.hpp"
#include "core/error.hpp"
#include "net/handler.hpp"

#include <string_view>

// What people read, in both languages, in one place. Each text of an error says what to do next
// and, where a shot may be in question, whether it may go ahead.
namespace doseline::net {

std::string_view text_of(core::errc e, language lang) noexcept;
std::string_view text_of(core::decision d, language lang) noexcept;
std::string_view unread_text(language lang) noexcept;  // of WAIT, when the request was not read

// "ko" or "en", from Accept-Language: the first of the two that is named; Korean when neither is.
language language_of(std::string_view accept_language) noexcept;

}  // namespace doseline::net
