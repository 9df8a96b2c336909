#pragma once

#include "net/api_context.hpp"

#include <boost/json/object.hpp>

namespace doseline::net::api {

// What every row of a clinic's movements begins with.
boost::json::object movement_head(core::sequence seq, std::string_view type, core::lot_number lot,
                                  core::funding funding, std::int32_t quantity, api_context& api);

// A movement as the clinic that entered it is told of it, first, again, and in its list.
boost::json::object movement_json(core::sequence seq, const core::stock_changed& e,
                                  api_context& api);

}  // namespace doseline::net::api
