#pragma once

#include "net/api_context.hpp"

// The clinic's calls, one file a resource. Each is a plain function of a call; what needs the
// registry comes back through its render function.
namespace doseline::net::api {

answer open_session(call& c);
answer check(call& c);
answer register_dose(call& c);
answer register_batch(call& c);
answer show_registration(call& c);
answer list_registrations(call& c);
answer void_registration(call& c);
answer correct_registration(call& c);
answer decide_claim(call& c);
answer show_stock(call& c);
answer show_cover(call& c);
answer move_stock(call& c);
answer list_movements(call& c);
answer show_day(call& c);
answer report_day(call& c);
answer list_days(call& c);
answer show_totals(call& c);
answer show_status(call& c);

}  // namespace doseline::net::api
