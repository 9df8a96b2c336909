#pragma once

#include "net/api_context.hpp"

#include <string>
#include <string_view>

// The clinic's page: one screen of plain forms that check and register without a script. What was
// typed stays in its field whatever the answer; a national id never stands in an address.
namespace doseline::net {

// Handlers.
answer show_page(call& c);      // GET /
answer show_style(call& c);     // GET /page.css, with ?v= its version
answer post_login(call& c);     // POST /page/login: code
answer post_check(call& c);     // POST /page/check: national_id
answer post_register(call& c);  // POST /page/register: national_id, key, exception, evidence, lot

answer show_list(call& c);     // GET /page/list: date, cursor
answer show_day(call& c);      // GET /page/day
answer post_day(call& c);      // POST /page/day: date, unsent
answer post_void(call& c);     // POST /page/void: pick, reason
answer post_correct(call& c);  // POST /page/correct: pick, lot, confirm

// A page's form without a valid cookie: the page that asks for an enrolment code, 401.
reply ask_for_code(const call& c);

// The answers of the registry as pages.
reply page_check(const core::check_answer& a, const render_context& context, api_context& api);
reply page_registered(const core::dose_receipt& r, const render_context& context, api_context& api);
// Which version of which registration a form takes back, as one of its values.
std::string pick_of(core::sequence registration, core::version_number version);
std::string link_to_list(language lang);
std::string link_to_day(language lang);
reply page_problem(const core::refusal& refused, const render_context& context, api_context& api);

}  // namespace doseline::net
