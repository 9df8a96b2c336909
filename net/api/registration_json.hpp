#pragma once

#include "core/person_history.hpp"
#include "net/api_context.hpp"

#include <boost/json/object.hpp>

namespace doseline::net::api {

// A registration as its clinic is shown it, by itself and in lists: the person masked, claim and
// flags as its changes left them. In the arena of the request in hand.
boost::json::object registration_json(core::sequence seq, const core::dose_registered& e,
                                      core::version_number version, core::registration_state state,
                                      api_context& api);

// 410315-1******: what a person recognises and nobody can use.
std::string masked(std::uint64_t number);

}  // namespace doseline::net::api
