#pragma once

#include "net/api_context.hpp"
#include "net/form_fields.hpp"
#include "net/static_page.hpp"

#include <string>
#include <string_view>

// What the pages are made of. Text that comes in as a parameter is HTML already unless it says
// otherwise.
namespace doseline::net {

inline constexpr std::string_view html_type = "text/html; charset=utf-8";

std::string_view either(language lang, std::string_view korean, std::string_view english);

const static_page& style_sheet();

// The whole page: what is to be said, the form under it, the clinic and what it has left.
std::string page_text(language lang, std::string_view said, std::string_view form,
                      std::string_view clinic, std::string_view remaining);
reply page(language lang, unsigned status, std::string_view said, std::string_view form,
           std::string_view clinic, std::string_view remaining);

// kind: yes, no, ask; colours the box. title is plain text.
std::string answer_box(std::string_view kind, std::string_view title, std::string_view rest);

std::string hidden(std::string_view name, std::string_view value);  // plain text

std::string cell(std::string_view text);  // of a table; plain text

// The field of the 13 digits, with what was typed.
std::string check_form(language lang, std::string_view typed);  // plain text

// Takes registrations back: a reason to choose and the button, which Alt+Z presses, too.
std::string void_choice(language lang);

// Puts the lot of a registration right: the lot, and that the shot was given though the lot had
// expired or was recalled.
std::string lot_correction(language lang);

std::string remaining_text(language lang, std::int64_t doses);

// A link to a page in the same language.
std::string link_to(language lang, std::string_view path, std::string_view korean,
                    std::string_view english, char access_key);

// A form of another site must not act in this one's name. Browsers that know SameSite do not send
// the cookie from there; this is for those that do not.
bool same_origin(const call& c);

language form_language(const form_fields& form, language by_header);

}  // namespace doseline::net
