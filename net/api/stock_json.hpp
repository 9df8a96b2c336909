#pragma once

#include "net/api_context.hpp"

#include <boost/json/array.hpp>

namespace doseline::net::api {

// The accounts of a clinic as they were published, in the order in which their lots expire, in the
// request's JSON memory. Leaves them in api.rows. seq: of the last event that touched the clinic.
boost::json::array accounts_of(core::clinic_number clinic, api_context& api, core::sequence& seq);

}  // namespace doseline::net::api
